import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { quietly } from "../live/social_live";
import { durationText, numberText } from "./overview_numbers";

/** What happened lately to each network or client, the worst first. */
export class OverviewCompared extends Component {
    static template = "social_token_manager.OverviewCompared";
    static props = { by: String, found: Object, days: Number, openRow: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ all: null });
        onWillUpdateProps(() => {
            if (this.state.all) {
                quietly(this.showAll());
            }
        });
    }

    get isOfClients() {
        return this.props.by === "partner_id";
    }

    get title() {
        const { days } = this.props;
        return this.isOfClients
            ? _t("The last %s days by client", days)
            : _t("The last %s days by network", days);
    }

    get found() {
        return this.state.all || this.props.found;
    }

    get hasMore() {
        return this.props.found.count > this.props.found.rows.length;
    }

    get moreText() {
        return this.state.all
            ? _t("Show the %s worst", this.props.found.rows.length)
            : _t("Show all %s", this.props.found.count);
    }

    /** What is not shown even so, "" for nothing. */
    get leftOutText() {
        const { count, rows } = this.found;
        return this.state.all && count > rows.length
            ? _t("These are the %(shown)s worst of %(count)s.", { shown: rows.length, count })
            : "";
    }

    /** The cells of a line as `{name, text}`; without text there is nothing to tell. */
    cellsOf(row) {
        return [
            { name: "down", text: row.outages ? durationText(row.down_hours) : _t("None") },
            {
                name: "in_time",
                text: row.in_time_rate === null ? "" : _t("%s%%", numberText(row.in_time_rate)),
            },
            {
                name: "to_renew",
                text: row.hours_to_renew === null ? "" : durationText(row.hours_to_renew),
            },
        ];
    }

    toggle() {
        if (this.state.all) {
            this.state.all = null;
            return;
        }
        return this.showAll();
    }

    async showAll() {
        this.state.all = await this.orm.silent.call("social.profile", "get_compared", [
            this.isOfClients,
        ]);
    }
}
