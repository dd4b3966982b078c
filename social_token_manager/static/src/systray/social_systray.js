import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { useService } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";
import { riskBadge } from "../fields/social_risk_badge";

/** How many connections are at risk, the worst of them, and the way to mend each. */
export class SocialSystray extends Component {
    static template = "social_token_manager.SocialSystray";
    static components = { Dropdown };
    static props = [];

    setup() {
        this.live = useService("social_live");
        this.risk = useState(this.live.risk);
        this.dropdown = useDropdownState();
    }

    get number() {
        return this.risk.has_more ? `${this.risk.count}+` : String(this.risk.count);
    }

    get stands() {
        return Boolean(this.risk.watch.sentences);
    }

    /** What screen readers say of the button, and again whenever it changes. */
    get label() {
        const count = this.risk.count;
        const words =
            count === 0
                ? _t("No social connection is at risk")
                : count === 1
                  ? _t("1 social connection is at risk")
                  : _t("%s social connections are at risk", this.number);
        return this.stands ? `${words}. ${_t("Scheduled actions stand still")}` : words;
    }

    badge(profile) {
        return riskBadge(profile);
    }

    async renew(profile) {
        this.dropdown.close();
        await this.live.renew(profile.id);
    }

    async showAll() {
        this.dropdown.close();
        await this.live.openProfiles();
    }
}

if (session.social_member) {
    registry
        .category("systray")
        .add("social_token_manager", { Component: SocialSystray }, { sequence: 22 });
}
