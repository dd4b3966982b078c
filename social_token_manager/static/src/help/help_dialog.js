import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Dialog } from "@web/core/dialog/dialog";
import { useChildRef, useService } from "@web/core/utils/hooks";
import { Component, onMounted, onPatched, onWillStart, useState } from "@odoo/owl";
import { HelpArticle } from "./help_article";

/** An article over the page that somebody is on; related ones open in its place. */
export class HelpDialog extends Component {
    static template = "social_token_manager.HelpDialog";
    static components = { Dialog, HelpArticle };
    static props = {
        close: Function,
        code: String,
    };

    setup() {
        this.orm = useService("orm");
        this.modalRef = useChildRef();
        this.state = useState({ topic: null, support: null });
        onWillStart(() => this.load(this.props.code));
        onMounted(() => this.nameDialog());
        onPatched(() => this.nameDialog());
    }

    get title() {
        return this.state.topic ? this.state.topic.name : _t("Help");
    }

    get address() {
        return `/odoo/social-help?topic=${this.state.topic.code}`;
    }

    /** Odoo's dialog has a title to be seen, and no name to be read out. */
    nameDialog() {
        this.modalRef.el.setAttribute("aria-label", this.title);
        this.modalRef.el.setAttribute("aria-modal", "true");
    }

    async load(code) {
        const { topics, support } = await this.orm.call("social.help.topic", "get_help", [
            code,
        ]);
        Object.assign(this.state, { topic: topics[0] || null, support });
    }

    async open(code) {
        await this.load(code);
        this.modalRef.el.querySelector(".modal-body").scrollTop = 0;
        this.modalRef.el.focus();
    }
}

/** Opens articles from anywhere: ``useService("social_help").open("rights")``. */
export const helpService = {
    dependencies: ["dialog"],
    start(env, { dialog }) {
        return {
            open(code, options) {
                return dialog.add(HelpDialog, { code }, options);
            },
        };
    },
};

registry.category("services").add("social_help", helpService);
