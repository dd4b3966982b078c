import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { ConnectionAbortedError, ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { debounce, useDebounced } from "@web/core/utils/timing";
import { EventBus, onWillDestroy, reactive, status, useComponent } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const FAILURES = [RPCError, ConnectionLostError, ConnectionAbortedError];
const PAUSE = 300; // ms
const READING = 15000; // ms
const LOOK_AGAIN = 300000; // ms
// What somebody has opened goes with the row or the day it belongs to.
const OPENED = ".o-dropdown--menu, .o_cw_popover";
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
        const loadSoon = debounce(() => quietly(load()), PAUSE);
        let asked = 0;
        let shown = 0;

        async function load() {
            const turn = ++asked;
            const answer = await orm.silent.call("social.profile", "get_risk", []);
            // Answers may overtake each other.
            if (turn > shown) {
                shown = turn;
                Object.assign(risk, answer);
            }
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
            messages.subscribe("social_token_manager/notice", (told) => {
                const { title, is_good: isGood, renew_id: renewId } = told;
                const buttons = [
                    { name: _t("Show Profiles"), primary: !renewId, onClick: openProfiles },
                ];
                if (renewId) {
                    const onClick = () => renew(renewId);
                    buttons.unshift({ name: _t("Renew"), primary: true, onClick });
                }
                // It covers what lies below; the count at the top stays.
                notification.add(title, {
                    title: _t("Social Connections"),
                    type: isGood ? "success" : "warning",
                    autocloseDelay: READING,
                    buttons,
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
                    quietly(load());
                }
            }, LOOK_AGAIN);
            quietly(load());
        }
        return live;
    },
};

registry.category("services").add("social_live", socialLiveService);

/** Wait for what nobody asked for: where the server cannot tell, what is shown stays. */
export async function quietly(promise) {
    try {
        await promise;
    } catch (error) {
        if (!FAILURES.some((kind) => error instanceof kind)) {
            throw error;
        }
    }
}

/** Call back with the ids of profiles whose state moved, while a component lives. */
export function useSocialChanges(callback) {
    const { bus } = useService("social_live");
    const listener = ({ detail }) => callback(detail.ids);
    bus.addEventListener("changed", listener);
    // A component that never comes to be shown is destroyed, not unmounted.
    onWillDestroy(() => bus.removeEventListener("changed", listener));
}

/**
 * Call back likewise for a view, whose model must have loaded once; once for all that
 * moves within a moment, and not under an open menu.
 *
 * What moves while it loads for the first time may be missing in what it is answered.
 */
export function useSocialModelChanges(model, callback) {
    const component = useComponent();
    let moved = new Set();
    const follow = useDebounced(async () => {
        if (document.querySelector(OPENED)) {
            // A debounced function drops what is asked of it while it calls.
            Promise.resolve().then(follow);
            return;
        }
        const ids = [...moved];
        moved = new Set();
        await quietly(callback(ids));
    }, PAUSE);
    useSocialChanges(async (ids) => {
        ids.forEach((id) => moved.add(id));
        await model.whenReady;
        if (status(component) !== "destroyed") {
            follow();
        }
    });
}
