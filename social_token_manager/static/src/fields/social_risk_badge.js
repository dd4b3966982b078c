import { _t } from "@web/core/l10n/translation";

function daysLeft(days) {
    if (days > 1) {
        return _t("Expires in %s days", days);
    }
    return days === 1 ? _t("Expires in 1 day") : _t("Expires within 24 hours");
}

/** Return shape, look and words for a profile at risk, with `status` and `days_left`. */
export function riskBadge(profile) {
    return profile.status === "expired"
        ? { shape: "✕", look: "text-bg-danger", word: _t("Expired") }
        : { shape: "!", look: "text-bg-warning", word: daysLeft(profile.days_left) };
}
