import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { debounce } from "@web/core/utils/timing";
import { EventBus, onWillUnmount, reactive, status, useComponent } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const PAUSE = 300; // ms
const READING = 15000; // ms
const LOOK_AGAIN = 300000; // ms
const APP = "social_token_manager.social_menu_root";
const PROFILES = "social_token_manager.social_profile_action";
const NOTHING = { count: 0, has_more: false, profiles: [], watch: {} };

/**
 * What is at risk, kept up to date by the bus, for whoever has a role here.
 *
 * `risk` is what `social.profile.get_risk` says; `bus` has an event `changed` with the
 * ids of profiles whose state moved.
 */
export const socialLiveService = {
    dependencies: ["action", "bus_service", "menu", "notification", "orm"],
    start(env, { action, bus_service: messages, menu, notification, orm }) {
        const risk = reactive({ ...NOTHING });
        const bus = new EventBus();
        const live = { risk, bus, load, openProfiles, renew };
        const loadSoon = debounce(load, PAUSE);

        async function load() {
            Object.assign(risk, await orm.silent.call("social.profile", "get_risk", []));
        }

        /** The menu above must be that of the page to come. */
        function enterApp() {
            const app = menu.getApps().find(({ xmlid }) => xmlid === APP);
            if (app) {
                menu.setCurrentMenu(app);
            }
        }

        function openProfiles() {
            enterApp();
            return action.doAction(PROFILES, { clearBreadcrumbs: true });
        }

        async function renew(profileId) {
            const next = await orm.call("social.profile", "action_renew", [profileId]);
            enterApp();
            return action.doAction(next);
        }

        if (session.social_member) {
            messages.subscribe("social_token_manager/notice", ({ title, is_good }) => {
                // It covers what lies below; the count at the top stays.
                notification.add(title, {
                    title: _t("Social Connections"),
                    type: is_good ? "success" : "warning",
                    autocloseDelay: READING,
                    buttons: [
                        { name: _t("Show Profiles"), primary: true, onClick: openProfiles },
                    ],
                });
                loadSoon();
            });
            messages.subscribe("social_token_manager/changed", ({ ids }) => {
                bus.trigger("changed", { ids });
                loadSoon();
            });
            // Nobody tells that a moment has passed, or that the telling itself stands still.
            browser.setInterval(() => {
                if (document.visibilityState === "visible") {
                    load().catch(() => {});
                }
            }, LOOK_AGAIN);
            load();
        }
        return live;
    },
};

registry.category("services").add("social_live", socialLiveService);

/** Call back with the ids of profiles whose state moved, while a component lives. */
export function useSocialChanges(callback) {
    const { bus } = useService("social_live");
    const listener = ({ detail }) => callback(detail.ids);
    bus.addEventListener("changed", listener);
    onWillUnmount(() => bus.removeEventListener("changed", listener));
}

/**
 * Call back likewise for a view, whose model must have loaded once.
 *
 * What moves while it loads for the first time may be missing in what it is answered.
 */
export function useSocialModelChanges(model, callback) {
    const component = useComponent();
    useSocialChanges(async (ids) => {
        await model.whenReady;
        if (status(component) !== "destroyed") {
            await callback(ids);
        }
    });
}
