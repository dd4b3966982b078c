import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { useState } from "@odoo/owl";
import { SocialOnboarding } from "../onboarding/onboarding";
import { loadHoldingFocus } from "./social_focus";
import { useSocialModelChanges } from "./social_live";

/** The list of profiles: it turns green by itself, and tells Managers what stands still. */
export class SocialProfileListController extends ListController {
    static template = "social_token_manager.ProfileListView";
    static components = { ...ListController.components, SocialOnboarding };

    setup() {
        super.setup();
        this.risk = useState(useService("social_live").risk);
        useSocialModelChanges(this.model, (ids) => this.onSocialChanges(ids));
    }

    /** Nothing is here at all, whatever is searched for. */
    get isEmpty() {
        const { isReady, root, useSampleModel } = this.model;
        return isReady && (useSampleModel || !root.count) && !root.domain.length;
    }

    /** What somebody types or has ticked is not taken from under his hands. */
    async onSocialChanges(ids) {
        const list = this.model.root;
        const isShown = list.isGrouped || list.records.some(({ resId }) => ids.includes(resId));
        if (isShown && !list.editedRecord && !list.selection.length) {
            await loadHoldingFocus(list, this.rootRef.el);
        }
    }
}

registry.category("views").add("social_profile_list", {
    ...listView,
    Controller: SocialProfileListController,
});

/** The form of a profile: it shows what a renewal elsewhere changed. */
export class SocialProfileFormController extends FormController {
    setup() {
        super.setup();
        useSocialModelChanges(this.model, (ids) => this.onSocialChanges(ids));
    }

    async onSocialChanges(ids) {
        const record = this.model.root;
        if (ids.includes(record.resId) && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("views").add("social_profile_form", {
    ...formView,
    Controller: SocialProfileFormController,
});
