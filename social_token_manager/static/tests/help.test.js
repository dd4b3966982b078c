import { expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { HelpPage } from "@social_token_manager/help/help_page";
import { HelpWidget } from "@social_token_manager/help/help_widget";
import { prepareBody, topicOf } from "@social_token_manager/help/help_article";

const SUPPORT = {
    company: "Agency",
    channels: [{ kind: "chat", text: "Chat with support", url: "https://chat.example.com" }],
    hours: "Monday to Friday, 8:30 AM to 6:00 PM (America/Sao_Paulo, UTC-03:00)",
    own_hours: "By your clock: ...",
    is_open: true,
    state: "Open now, until Monday 10:00 PM",
};
const TOKENS = {
    id: 1,
    code: "what-is-a-token",
    name: "What is an access token?",
    summary: "A passkey.",
    category: "Access tokens",
    network: "",
    body: "<h3>How we come to it</h3><p>By a login. <a href='/odoo/social-help?topic=rights'>Rights</a></p><h3>What it opens</h3><p><a href='https://example.com'>Outside</a></p>",
    table: false,
    created_on: "2026-03-01",
    revised_on: "2026-03-02",
    related: [{ code: "rights", name: "Which rights does it take?" }],
    votes: { own: null },
};
const RIGHTS = {
    ...TOKENS,
    id: 2,
    code: "rights",
    name: "Which rights does it take?",
    category: "Rights",
    body: "<p>Full control of the Page: Café.</p>",
    table: {
        title: "Rights at the network",
        columns: ["Network", "Right"],
        rows: [[{ text: "X", url: "" }, { text: "Access", url: "https://x.example" }]],
    },
    related: [],
    votes: { own: null, yes: 3, no: 1 },
};
const TOPICS = [TOKENS, RIGHTS];

defineMailModels();

function serve() {
    onRpc("social.help.topic", "get_help", ({ args: [code] }) => ({
        topics: TOPICS.filter((topic) => !code || topic.code === code).map((topic) => ({
            ...topic,
        })),
        support: SUPPORT,
    }));
}

async function openPage(params = {}) {
    serve();
    const env = await makeMockEnv({
        config: { setDisplayName: (name) => expect.step(name), breadcrumbs: [] },
    });
    const states = [];
    await mountWithCleanup(HelpPage, {
        env,
        props: {
            action: { params, context: {} },
            updateActionState: (state) => states.push(state.topic),
        },
    });
    return states;
}

test("addresses of the Help page are told from others", () => {
    expect(topicOf("/odoo/social-help?topic=rights")).toBe("rights");
    expect(topicOf("https://example.com/?topic=rights")).toBe(null);
    expect(topicOf("/odoo/social-help")).toBe(null);
});

test("headings are numbered, and pages outside open in a tab of their own", () => {
    const { headings, body } = prepareBody("one", TOKENS.body);
    expect(headings.map((heading) => heading.text)).toEqual([
        "How we come to it",
        "What it opens",
    ]);
    expect(String(body)).toMatch(/rel="noopener noreferrer"/);
    expect(String(body).match(/_blank/g)).toHaveLength(1);
});

test("the page opens the article of its address, and links stay on the page", async () => {
    const states = await openPage({ topic: "what-is-a-token" });
    expect(".o_social_help_article h2").toHaveText(TOKENS.name);
    expect(".o_social_help_current").toHaveAttribute("aria-current", "page");
    expect(queryAllTexts(".o_social_help_contents a")).toEqual([
        "How we come to it",
        "What it opens",
    ]);
    await click(".o_social_help_body a[href*=topic]");
    await animationFrame();
    expect(".o_social_help_article h2").toHaveText(RIGHTS.name);
    expect(queryFirst(".o_social_help_article h2")).toBe(document.activeElement);
    expect(".o_social_help_article tbody th").toHaveText("X");
    expect(states).toEqual(["what-is-a-token", "rights"]);
    expect.verifySteps([TOKENS.name, RIGHTS.name]);
});

test("an address without an article shows the start, with the support", async () => {
    await openPage({ topic: "no-such-article" });
    expect(".o_social_help_article").toHaveCount(0);
    expect(".o_social_help_support .badge").toHaveText("✓Open now, until Monday 10:00 PM");
    expect.verifySteps(["Help"]);
});

test("the search finds words of the text, whatever their accents", async () => {
    await openPage();
    await click("input[type=search]");
    await edit("cafe page");
    await animationFrame();
    expect(queryAllTexts(".o_social_help_topics li")).toEqual([RIGHTS.name]);
    expect(".o_social_help_topics [role=status]").toHaveText("1 article found");
    await edit("nothing of the kind");
    await animationFrame();
    expect(".o_social_help_topics li").toHaveCount(0);
    expect.verifySteps(["Help"]);
});

test("a heading that the table of contents leads to has the focus", async () => {
    await openPage({ topic: "what-is-a-token" });
    await click(".o_social_help_contents li:nth-child(2) a");
    expect(document.activeElement).toHaveText("What it opens");
    expect.verifySteps([TOKENS.name]);
});

test("a vote is counted, said, and may be changed", async () => {
    onRpc("social.help.topic", "vote", ({ args }) => {
        expect.step(`vote ${args[1]}`);
        return { own: args[1], yes: args[1] ? 4 : 3, no: 1 };
    });
    await openPage({ topic: "rights" });
    expect(".o_social_help_counts").toHaveText("3 said yes, 1 said no, of this revision.");
    const [yes, no] = ["first-of-type", "last-of-type"].map(
        (which) => `.o_social_help_vote button:${which}`
    );
    expect(yes).toHaveAttribute("aria-pressed", "false");
    await click(yes);
    await animationFrame();
    expect(yes).toHaveAttribute("aria-pressed", "true");
    expect(".o_social_help_counts").toHaveText("4 said yes, 1 said no, of this revision.");
    expect(".o_social_help_vote [role=status]").toHaveText("✓ Thank you.");
    await click(no);
    await animationFrame();
    expect(yes).toHaveAttribute("aria-pressed", "false");
    expect(no).toHaveAttribute("aria-pressed", "true");
    expect.verifySteps([RIGHTS.name, "vote true", "vote false"]);
});

test("the question opens an article over the page, and the focus comes back", async () => {
    serve();
    await makeMockEnv();
    await mountWithCleanup(MainComponentsContainer);
    await mountWithCleanup(HelpWidget, {
        props: { topic: "what-is-a-token", text: "What is it?" },
    });
    const link = queryFirst(".o_social_help_link");
    expect(link).toHaveText("What is it?");
    link.focus();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    const dialog = ".o_dialog [role=dialog]";
    expect(dialog).toHaveAttribute("aria-label", TOKENS.name);
    expect(document.activeElement.closest(".o_dialog")).not.toBe(null);
    await click(".o_dialog .o_social_help_related");
    await animationFrame();
    await animationFrame();
    expect(dialog).toHaveAttribute("aria-label", RIGHTS.name);
    await press("Escape");
    await animationFrame();
    expect(".o_dialog").toHaveCount(0);
    expect(link).toBe(document.activeElement);
    expect(getService("social_help")).not.toBe(undefined);
});
