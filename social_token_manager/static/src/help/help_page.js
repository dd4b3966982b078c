import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { normalize } from "@web/core/l10n/utils";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { HelpArticle, isOwnTab } from "./help_article";

/** All articles by category, one of them open, and a search over their words. */
export class HelpPage extends Component {
    static template = "social_token_manager.HelpPage";
    static components = { HelpArticle, Layout };
    static props = { ...standardActionServiceProps };
    static path = "social-help";
    static displayName = _t("Help");

    setup() {
        this.orm = useService("orm");
        this.content = useRef("content");
        this.state = useState({ code: null, words: "", topics: [], support: {} });
        onWillStart(async () => {
            Object.assign(this.state, await this.orm.call("social.help.topic", "get_help", []));
            this.texts = Object.fromEntries(
                this.state.topics.map((topic) => [topic.code, this.textOf(topic)])
            );
            this.remember(this.asked);
        });
        // After the first one, whoever opens an article is taken to its beginning.
        let isFirst = true;
        useEffect(
            () => {
                if (!isFirst) {
                    this.content.el.scrollIntoView({ block: "start" });
                    this.content.el.querySelector("h2")?.focus({ preventScroll: true });
                }
                isFirst = false;
            },
            () => [this.state.code]
        );
    }

    /** The article that the address or whoever opened this page names. */
    get asked() {
        const { params, context } = this.props.action;
        return params?.topic || context?.social_topic || null;
    }

    get topic() {
        return this.state.topics.find(({ code }) => code === this.state.code);
    }

    get groups() {
        const groups = new Map();
        for (const topic of this.found) {
            groups.set(topic.category, [...(groups.get(topic.category) || []), topic]);
        }
        return [...groups].map(([name, topics]) => ({ name, topics }));
    }

    /** The articles that have all the words that are searched for. */
    get found() {
        const words = normalize(this.state.words).split(/\s+/).filter(Boolean);
        return this.state.topics.filter(({ code }) =>
            words.every((word) => this.texts[code].includes(word))
        );
    }

    get foundText() {
        if (!this.state.words.trim()) {
            return "";
        }
        const count = this.found.length;
        return count === 1 ? _t("1 article found") : _t("%s articles found", count);
    }

    textOf({ name, summary, body, category, network }) {
        const page = new DOMParser().parseFromString(body, "text/html");
        return normalize([name, summary, category, network, page.body.textContent].join(" "));
    }

    remember(code) {
        this.state.code = this.state.topics.some((topic) => topic.code === code) ? code : null;
        this.env.config.setDisplayName(this.topic ? this.topic.name : _t("Help"));
        this.props.updateActionState?.({ topic: this.state.code || undefined });
    }

    /** A click with a key held down opens a tab of its own, as anywhere. */
    onLinkClick(ev, code) {
        if (!isOwnTab(ev)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.open(code);
        }
    }

    open(code) {
        this.remember(code);
    }
}

registry.category("actions").add("social_token_manager.help", HelpPage);
