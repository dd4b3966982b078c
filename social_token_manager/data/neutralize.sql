-- A copy must never spend the original's tokens, nor write to its people.
UPDATE social_token
   SET access_token = NULL, refresh_token = NULL, reason = 'not_connected',
       reason_at = COALESCE(reason_at, now() AT TIME ZONE 'UTC'),
       renew_at = NULL, verify_at = NULL, lease_owner = NULL, lease_until = NULL,
       intent_at = NULL, intent_count = 0, unsettled_at = NULL;
UPDATE social_access SET page_token = NULL;
UPDATE social_app SET client_secret = NULL, webhook_secret = NULL;
UPDATE social_notice_target
   SET address = NULL, signing_secret = NULL, host = NULL, active = false;
DELETE FROM social_notice_outbox;
DELETE FROM social_calendar_feed;
DELETE FROM social_signal;
DELETE FROM social_renewal_wizard;
DELETE FROM social_oauth_request;
DELETE FROM mail_activity WHERE res_model = 'social.connect.link';
DELETE FROM social_escalation;
DELETE FROM social_connect_link;
DELETE FROM social_connect_guess;
UPDATE social_profile SET reason = 'not_connected', expires_at = now() AT TIME ZONE 'UTC';
UPDATE mail_mail SET state = 'cancel'
 WHERE state = 'outgoing' AND id IN (SELECT mail_id FROM social_notice
                                       UNION SELECT mail_id FROM social_report);
UPDATE social_notice notice SET state = 'cancelled'
  FROM mail_mail mail WHERE mail.id = notice.mail_id AND mail.state = 'cancel';
-- By their models: further renewal workers have no external id.
UPDATE ir_cron SET active = false
 WHERE ir_actions_server_id IN (
       SELECT action.id FROM ir_act_server action
         JOIN ir_model_data data
           ON data.model = 'ir.model' AND data.res_id = action.model_id
        WHERE data.module = 'social_token_manager');
-- Nothing is sealed any more, so a copy without the key file may make its own.
DELETE FROM social_key;
DELETE FROM social_home;
