import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";

const OWN_PAGES = /\/social-(renewal|attempts|take)\b/;

/** Profiles at risk that this person can renew, once after each log-in. */
export class LoginAlert extends Component {
    static template = "social_token_manager.LoginAlert";
    static components = { Dialog };
    static props = {
        close: Function,
        count: Number,
        profiles: Array,
    };

    setup() {
        this.action = useService("action");
        this.menu = useService("menu");
        this.orm = useService("orm");
    }

    get title() {
        return _t("Connections that need you");
    }

    get changesPermissions() {
        return this.props.profiles.some((profile) => profile.changes_permissions);
    }

    badge(profile) {
        return profile.status === "expired"
            ? { shape: "✕", look: "text-bg-danger", word: _t("Expired") }
            : { shape: "!", look: "text-bg-warning", word: this.daysLeft(profile.days_left) };
    }

    daysLeft(days) {
        if (days > 1) {
            return _t("Expires in %s days", days);
        }
        return days === 1 ? _t("Expires in 1 day") : _t("Expires within 24 hours");
    }

    label(profile) {
        return profile.changes_permissions ? _t("Change permissions") : _t("Renew");
    }

    async renew(profile) {
        const action = await this.orm.call("social.profile", "action_renew", [profile.id]);
        this.props.close();
        this.enterApp();
        await this.action.doAction(action);
    }

    /** Its dialog comes above this one, for there may be others to see to. */
    async take(profile) {
        const action = await this.orm.call("social.profile", "action_take", [profile.id]);
        await this.action.doAction(action);
    }

    /** The menu above must be that of the page to come. */
    enterApp() {
        const apps = this.menu.getApps();
        const app = apps.find(({ xmlid }) => xmlid === "social_token_manager.social_menu_root");
        if (app) {
            this.menu.setCurrentMenu(app);
        }
    }

    async showAll() {
        this.props.close();
        this.enterApp();
        await this.action.doAction("social_token_manager.social_profile_action");
    }
}

export const loginAlertService = {
    dependencies: ["dialog", "orm"],
    start(env, { dialog, orm }) {
        if (!session.social_login_alert || OWN_PAGES.test(window.location.pathname)) {
            return;
        }
        // Not earlier: showing the first page closes whatever dialog is open.
        env.bus.addEventListener(
            "ACTION_MANAGER:UI-UPDATED",
            async () => {
                const alert = await orm.silent.call("social.profile", "get_login_alert", []);
                if (alert.count) {
                    dialog.add(LoginAlert, alert);
                }
            },
            { once: true }
        );
    },
};

registry.category("services").add("social_login_alert", loginAlertService);
