import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** The way from one's picture to all tokens, for whoever has a role here. */
export function socialProfilesItem(env) {
    return {
        type: "item",
        id: "social_profiles",
        description: _t("Social profiles & tokens"),
        callback: () => env.services.social_live.openProfiles(),
        show: () => Boolean(session.social_member),
        sequence: 45,
    };
}

registry.category("user_menuitems").add("social_profiles", socialProfilesItem);
