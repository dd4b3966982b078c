import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useChildRef, useService } from "@web/core/utils/hooks";
import { Component, onMounted, useExternalListener, useState } from "@odoo/owl";
import { riskBadge } from "../fields/social_risk_badge";

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
        this.live = useService("social_live");
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.modalRef = useChildRef();
        this.taken = useState(
            Object.fromEntries(this.props.profiles.map(({ id, taken }) => [id, taken]))
        );
        // Odoo's dialog has a title to be seen, and no name to be read out.
        onMounted(() => {
            this.modalRef.el.setAttribute("aria-label", this.title);
            this.modalRef.el.setAttribute("aria-modal", "true");
        });
        useExternalListener(document, "focusin", ({ target }) => this.keepFocus(target));
    }

    /** A page that is still loading below, such as a chat, takes the focus when it is done. */
    keepFocus(target) {
        const modal = this.modalRef.el;
        if (modal && this.ui.activeElement === modal && !modal.contains(target)) {
            modal.querySelector(".btn-primary").focus();
        }
    }

    get title() {
        return _t("Connections that need you");
    }

    get changesPermissions() {
        return this.props.profiles.some((profile) => profile.changes_permissions);
    }

    get unlisted() {
        return this.props.count - this.props.profiles.length;
    }

    get andMore() {
        return _t("And %s more.", this.unlisted);
    }

    badge(profile) {
        return riskBadge(profile);
    }

    label(profile) {
        return profile.changes_permissions ? _t("Change permissions") : _t("Renew");
    }

    async renew(profile) {
        this.props.close();
        await this.live.renew(profile.id);
    }

    /** Its dialog comes above this one, for there may be others to see to. */
    async take(profile) {
        const action = await this.orm.call("social.profile", "action_take", [profile.id]);
        await this.action.doAction(action, {
            additionalContext: { social_keep_page: true },
            onClose: (infos) => {
                if (infos?.taken) {
                    this.taken[profile.id] = infos.taken;
                }
            },
        });
    }

    /** Not again until one of those listed here becomes more urgent. */
    async snooze() {
        const ids = this.props.profiles.map(({ id }) => id);
        await this.orm.call("social.profile", "snooze_alert", [ids]);
        this.props.close();
    }

    async showAll() {
        this.props.close();
        await this.live.openProfiles();
    }
}

export const loginAlertService = {
    dependencies: ["dialog", "orm", "social_live"],
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
