import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class SocialNetwork extends models.Model {
    _name = "social.network";

    name = fields.Char();

    _records = [{ id: 1, name: "Instagram" }];
}

class SocialProfile extends models.Model {
    _name = "social.profile";

    name = fields.Char();
    handle = fields.Char();
    has_image = fields.Boolean();
    network_id = fields.Many2one({ relation: "social.network" });
    network_icon = fields.Char();
    status = fields.Selection({
        selection: [
            ["expired", "Expired"],
            ["expiring", "Expiring within 7 days"],
            ["valid", "Valid"],
            ["no_expiry", "No expiration date"],
        ],
    });
    days_left = fields.Integer();
    health = fields.Integer();
    health_text = fields.Text();
    expires_at = fields.Datetime();
    can_renew = fields.Selection({
        selection: [
            ["yes", "Can renew"],
            ["no", "Cannot renew"],
            ["unknown", "Unknown"],
        ],
    });
    has_held = fields.Boolean();
    coverage = fields.Char();
    has_one_renewer = fields.Boolean();
    reason = fields.Char();
    may_renew = fields.Boolean();
    step = fields.Selection({
        selection: [
            ["one", "First"],
            ["two", "Second"],
            ["three", "Third"],
        ],
    });

    _records = [
        {
            id: 1,
            name: "Gone",
            status: "expired",
            days_left: 0,
            handle: "gone",
            health: 40,
            health_text: "40 of 100, poor\n−60: It does not work",
        },
        { id: 2, name: "Soon", status: "expiring", days_left: 3, handle: "@soon" },
        {
            id: 3,
            name: "Today",
            status: "expiring",
            days_left: 0,
            expires_at: "2026-03-01 15:30:00",
        },
        { id: 4, name: "Tomorrow", status: "expiring", days_left: 1 },
        {
            id: 5,
            name: "Fine",
            status: "valid",
            days_left: 59,
            has_image: true,
            reason: "not_connected",
            health_text: "Not connected, so there is nothing to measure.",
        },
        {
            id: 6,
            name: "Always",
            status: "no_expiry",
            days_left: 0,
            network_id: 1,
            network_icon: "fa-instagram",
            step: "two",
        },
    ];
}

defineMailModels();
defineModels([SocialNetwork, SocialProfile]);

const LIST = (content) => ({
    resModel: "social.profile",
    type: "list",
    arch: `<list>${content}</list>`,
});

test("a status has a shape and a word, never a colour alone", async () => {
    mockDate("2026-03-01 12:00:00");
    mockTimeZone(0);
    await mountView(LIST('<field name="status" widget="social_status"/>'));
    expect(queryAllTexts(".o_social_status")).toEqual([
        "✕Expired",
        "!Expires in 3 days",
        "!Expires within 24 hours, at 15:30",
        "!Expires in 1 day",
        "✓Valid",
        "∞No expiry",
    ]);
    expect(".o_social_status [aria-hidden=true]").toHaveCount(6);
});

test("days left are shown only where there are days to count", async () => {
    await mountView(
        LIST('<field name="status"/><field name="days_left" widget="social_days_left"/>')
    );
    expect(queryAllTexts("td[name=days_left]")).toEqual(["–", "3", "0", "1", "59", "–"]);
});

test("health is a number in a list, and why it is so can be read and heard", async () => {
    await mountView(LIST('<field name="health" widget="social_health"/>'));
    const poor = "tr:eq(1) td[name=health] > div > span";
    expect(`${poor} > span:first`).toHaveText("40");
    expect(poor).toHaveAttribute("title", /It does not work/);
    expect(`${poor} .visually-hidden`).toHaveText(/^40 of 100, poor\s−60: It does not work$/);
    // What is not connected has no health.
    const none = "tr:eq(5) td[name=health] > div > span";
    expect(`${none} > [aria-hidden=true]`).toHaveText("–");
    expect(`${none} .visually-hidden`).toHaveText(/^Not connected/);
});

test("a profile shows its picture or its initial, its name and its handle", async () => {
    await mountView(LIST('<field name="name" widget="social_profile"/>'));
    expect(queryAllTexts(".o_social_profile small")).toEqual(["@gone", "@soon"]);
    expect("img.o_social_profile_picture").toHaveCount(1);
    expect("span.o_social_profile_picture").toHaveCount(5);
    expect("span.o_social_profile_picture:first").toHaveText("G");
});

test("a network has its icon and its name", async () => {
    await mountView(LIST('<field name="network_id" widget="social_network"/>'));
    expect("td[name=network_id] i.fa-instagram").toHaveCount(1);
    expect("td[name=network_id]:contains(Instagram)").toHaveCount(1);
});

test("steps say which are done and where the person is", async () => {
    await mountView({
        resModel: "social.profile",
        resId: 6,
        type: "form",
        arch: '<form><field name="step" widget="social_steps"/></form>',
    });
    expect(".o_social_step").toHaveCount(3);
    expect(".o_social_step_done").toHaveCount(1);
    expect(".o_social_step[aria-current=step]").toHaveText("2\nSecond");
});

test("whether somebody can renew has a shape and words", async () => {
    SocialProfile._records = [
        { id: 1, can_renew: "yes" },
        { id: 2, can_renew: "no", has_held: true },
        { id: 3, can_renew: "unknown" },
        { id: 4, can_renew: "unknown", has_held: true },
    ];
    await mountView(LIST('<field name="can_renew" widget="social_can_renew"/>'));
    expect(queryAllTexts(".o_social_can_renew")).toEqual([
        "✓Can renew",
        "✗Cannot renew",
        "?Unknown",
        "?Unknown, held a token before",
    ]);
});

test("what stands behind a profile is said, and where one is alone", async () => {
    SocialProfile._records = [
        { id: 1, coverage: "2 people, 1 in reserve" },
        { id: 2, coverage: "1 person, no reserve", has_one_renewer: true },
        { id: 3, has_one_renewer: true },
    ];
    await mountView(LIST('<field name="coverage" widget="social_coverage"/>'));
    expect(queryAllTexts(".o_data_row td[name=coverage] .badge")).toHaveLength(1);
    expect(queryAllTexts(".o_data_row td[name=coverage]")[1]).toMatch(
        /1 person, no reserve\s*!\s*Only one person can renew/
    );
});

test("the menu of a row has a name and offers what makes sense for it", async () => {
    SocialProfile._records = [
        { id: 1, name: "Gone", reason: "not_connected", may_renew: true },
        { id: 2, name: "Fine", may_renew: true },
        { id: 3, name: "Seen", may_renew: false },
    ];
    await mountView(
        LIST('<field name="name"/><widget name="social_row_menu"/>')
    );
    const offered = async (name) => {
        await contains(`button[aria-label='More actions for ${name}']`).click();
        const labels = queryAllTexts(".o-dropdown-item");
        await contains(`button[aria-label='More actions for ${name}']`).click();
        return labels;
    };
    const [managers, notifications] = ["See all managers", "Manage notifications"];
    const link = "Connect Link";
    expect(await offered("Gone")).toEqual([managers, notifications, link]);
    expect(await offered("Fine")).toEqual([
        managers,
        "Verify",
        notifications,
        link,
        "Disconnect",
    ]);
    expect(await offered("Seen")).toEqual([managers, "Verify", notifications]);
});
