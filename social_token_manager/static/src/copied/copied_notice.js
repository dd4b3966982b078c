import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

const HOME = "social_token_manager.social_home_action_open";

/** Whoever works in a copied database is told so, and an Owner where to decide. */
export const copiedNoticeService = {
    dependencies: ["action", "notification"],
    start(env, { action, notification }) {
        const copied = session.social_copied;
        if (!copied) {
            return;
        }
        const decide = {
            name: _t("Decide"),
            primary: true,
            onClick: () => {
                close();
                action.doAction(HOME, { clearBreadcrumbs: true });
            },
        };
        const close = notification.add(copied.sentence, {
            title: _t("Social Connections: a copied database"),
            type: "warning",
            sticky: true,
            buttons: copied.may_decide ? [decide] : [],
        });
    },
};

registry.category("services").add("social_copied_notice", copiedNoticeService);
