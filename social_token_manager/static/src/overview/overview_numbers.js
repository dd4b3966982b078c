import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** Return some hours in the unit in which they are read. */
export function durationText(hours) {
    if (hours < 1) {
        return _t("less than 1 hour");
    }
    if (hours === 1) {
        return _t("1 hour");
    }
    return hours < 48
        ? _t("%s hours", numberText(hours))
        : _t("%s days", numberText(hours / 24));
}

/** Return a number with at most one decimal, as the language writes it. */
export function numberText(number) {
    return formatFloat(number, { digits: [16, 1], trailingZeros: false });
}
