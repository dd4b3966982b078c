import { Component } from "@odoo/owl";

/** What the Overview says while there are no profiles. */
export class OverviewStart extends Component {
    static template = "social_token_manager.OverviewStart";
    static props = { openProfiles: Function };
}
