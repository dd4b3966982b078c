import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What the menu of a profile's row offers: a label, the method of the profile that its
 * button calls, and whether it makes sense for the values of a row.
 */
const actions = registry.category("social_profile_actions");

actions.add(
    "managers",
    {
        label: () => _t("See all managers"),
        method: "action_see_managers",
        isOffered: () => true,
    },
    { sequence: 10 }
);
actions.add(
    "verify",
    {
        label: () => _t("Verify"),
        method: "action_verify",
        isOffered: ({ reason }) => reason !== "not_connected",
    },
    { sequence: 20 }
);
actions.add(
    "notifications",
    {
        label: () => _t("Manage notifications"),
        method: "action_manage_notifications",
        isOffered: () => true,
    },
    { sequence: 30 }
);
actions.add(
    "invite",
    {
        label: () => _t("Connect Link"),
        method: "action_invite",
        isOffered: ({ may_renew: mayRenew }) => mayRenew,
    },
    { sequence: 40 }
);
actions.add(
    "disconnect",
    {
        label: () => _t("Disconnect"),
        method: "action_disconnect",
        isOffered: ({ reason, may_renew: mayRenew }) =>
            mayRenew && reason !== "not_connected",
    },
    { sequence: 90 }
);

/** The three dots at the end of a profile's row. */
export class SocialRowMenu extends Component {
    static template = "social_token_manager.SocialRowMenu";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        this.actionService = useService("action");
    }

    get label() {
        return _t("More actions for %s", this.props.record.data.name);
    }

    get items() {
        return actions.getAll().filter((item) => item.isOffered(this.props.record.data));
    }

    async onSelected(item) {
        const { record } = this.props;
        await this.actionService.doActionButton({
            type: "object",
            name: item.method,
            resModel: record.resModel,
            resId: record.resId,
            resIds: [record.resId],
            context: record.context,
            onClose: () => record.model.load(),
        });
    }
}

registry.category("view_widgets").add("social_row_menu", {
    component: SocialRowMenu,
    fieldDependencies: [
        { name: "name", type: "char" },
        { name: "reason", type: "char" },
        { name: "may_renew", type: "boolean" },
    ],
    listViewWidth: 40,
});
