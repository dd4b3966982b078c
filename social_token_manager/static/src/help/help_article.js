import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { Component, markup, onWillUpdateProps, useRef, useState } from "@odoo/owl";

const PAGE = "/odoo/social-help";

/** Return the code of the article that an address of the Help page opens. */
export function topicOf(href) {
    const url = new URL(href, "https://odoo.invalid");
    return url.pathname === PAGE ? url.searchParams.get("topic") : null;
}

/** Whether a click asks for a tab or a window of its own. */
export function isOwnTab({ ctrlKey, metaKey, shiftKey }) {
    return ctrlKey || metaKey || shiftKey;
}

/**
 * Number the headings of an article, open outside pages in a tab of their own.
 *
 * @param {string} code of the article
 * @param {string} body its HTML
 * @returns {{body: Markup, headings: {id: string, text: string}[]}}
 */
export function prepareBody(code, body) {
    const page = new DOMParser().parseFromString(body, "text/html");
    const headings = [...page.querySelectorAll("h3")].map((heading, index) => {
        heading.id = `o_social_help_${code}_${index + 1}`;
        // Headings take the focus when the table of contents leads there.
        heading.tabIndex = -1;
        return { id: heading.id, text: heading.textContent };
    });
    for (const link of page.querySelectorAll("a[href]")) {
        if (!topicOf(link.getAttribute("href"))) {
            link.target = "_blank";
            link.rel = "noopener noreferrer";
        }
    }
    // The server has sanitised it.
    return { body: markup(page.body.innerHTML), headings };
}

/** One article with its table of contents, dates, votes, and where to ask people. */
export class HelpArticle extends Component {
    static template = "social_token_manager.HelpArticle";
    static props = {
        topic: Object,
        support: Object,
        onOpen: Function,
        // In a dialog the title is the dialog's.
        withTitle: { type: Boolean, optional: true },
    };
    static defaultProps = { withTitle: true };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({ votes: this.props.topic.votes, thanks: false });
        this.show(this.props.topic);
        onWillUpdateProps(({ topic }) => {
            if (topic !== this.props.topic) {
                this.show(topic);
                this.state.votes = topic.votes;
                this.state.thanks = false;
            }
        });
    }

    show(topic) {
        Object.assign(this, prepareBody(topic.code, topic.body));
        if (topic.table) {
            this.headings.push({
                id: `o_social_help_${topic.code}_table`,
                text: topic.table.title,
            });
        }
    }

    get dates() {
        const { created_on: created, revised_on: revised } = this.props.topic;
        const show = (date) =>
            deserializeDate(date).toLocaleString(luxon.DateTime.DATE_MED);
        return _t("Written on %(created)s, last revised on %(revised)s", {
            created: show(created),
            revised: show(revised),
        });
    }

    get counts() {
        const { yes, no } = this.state.votes;
        return yes === undefined
            ? ""
            : _t("%(yes)s said yes, %(no)s said no, of this revision.", { yes, no });
    }

    /** Links to other articles stay where the reader is. */
    onBodyClick(ev) {
        const link = ev.target.closest("a[href]");
        const code = link && topicOf(link.getAttribute("href"));
        if (code && !isOwnTab(ev)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.onOpen(code);
        }
    }

    goTo(id) {
        const heading = this.root.el.querySelector(`#${CSS.escape(id)}`);
        heading.scrollIntoView({ block: "start" });
        heading.focus({ preventScroll: true });
    }

    async vote(isHelpful) {
        const { topic } = this.props;
        const votes = await this.orm.call("social.help.topic", "vote", [
            [topic.id],
            isHelpful,
        ]);
        topic.votes = votes;
        this.state.votes = votes;
        this.state.thanks = true;
    }
}
