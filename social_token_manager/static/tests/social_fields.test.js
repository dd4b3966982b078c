import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

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
    expires_at = fields.Datetime();
    step = fields.Selection({
        selection: [
            ["one", "First"],
            ["two", "Second"],
            ["three", "Third"],
        ],
    });

    _records = [
        { id: 1, name: "Gone", status: "expired", days_left: 0, handle: "gone" },
        { id: 2, name: "Soon", status: "expiring", days_left: 3, handle: "@soon" },
        {
            id: 3,
            name: "Today",
            status: "expiring",
            days_left: 0,
            expires_at: "2026-03-01 15:30:00",
        },
        { id: 4, name: "Tomorrow", status: "expiring", days_left: 1 },
        { id: 5, name: "Fine", status: "valid", days_left: 59, has_image: true },
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
