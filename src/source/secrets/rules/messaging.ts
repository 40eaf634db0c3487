/** Chat, mail, telephony, social networks. */
import { looksRandom } from "../randomness.ts";
import { type Found, near, type SecretRule, token } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Before it stand numbers of accounts, which may count up. */
const lastPartIsRandom = ({ secret }: Found): boolean =>
  looksRandom(/[^/]*$/.exec(secret.replace(/^xox.*-/, ""))?.[0] ?? "");

export const MESSAGING: readonly SecretRule[] = [
  {
    id: "slack",
    what: "Slack token",
    keywords: ["xoxb-", "xoxa-", "xoxp-", "xoxe-", "xoxr-", "xoxs-", "xoxo-", "xoxd-"],
    pattern: /(?<![A-Za-z0-9])xox[abdeoprs]-(?:\d{1,14}-){1,4}[A-Za-z0-9]{20,64}(?![A-Za-z0-9])/y,
    accepts: lastPartIsRandom,
  },
  {
    id: "slack-short",
    what: "Slack token",
    keywords: ["xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe-"],
    pattern: /(?<![A-Za-z0-9])xox(?:[aros]-(?:\d-)?[A-Za-z0-9]{24,48}|e-\d-[A-Za-z0-9]{140,180})(?![A-Za-z0-9])/y,
  },
  token("slack-refresh", "Slack configuration token", "xoxe.xox", "[bp]-\\d-[A-Za-z0-9]{160,170}"),
  token("slack-app", "Slack app token", "xapp-", "\\d-[A-Z0-9]{6,14}-\\d{8,16}-[a-z0-9]{32,80}", "i"),
  {
    id: "slack-webhook",
    what: "Slack webhook",
    keywords: ["hooks.slack.com/"],
    pattern:
      /hooks\.slack\.com\/((?:services|workflows|triggers)\/(?:[A-Z0-9]{8,12}\/){1,3}(?:\d{10,20}\/)?[A-Za-z0-9]{23,24})(?!\w)/iy,
  },
  {
    id: "discord-webhook",
    what: "Discord webhook",
    keywords: ["/api/webhooks/"],
    pattern: /(?<=discord(?:app)?\.com)\/api\/webhooks\/(\d{17,20}\/[\w-]{60,80})/y,
    accepts: lastPartIsRandom,
  },
  {
    id: "discord-bot",
    what: "Discord bot token",
    keywords: ["discord", "bot", "token", "login"],
    pattern:
      /(?:discord|bot|token|login)[^\n"'`]{0,30}["'`]{0,2}[^\n"'`]{0,10}["'`]?(?<![\w-])([MNO][A-Za-z\d_-]{22,27}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])/iy,
  },
  near("discord-client-secret", "Discord client secret", "discord", "[a-z0-9_-]{32}|[a-f0-9]{64}"),
  {
    id: "telegram-bot",
    what: "Telegram bot token",
    keywords: [":aa"],
    pattern: /(?<=(?<!\w)(?:bot)?(\d{8,11})):(AA[\w-]{33})(?![\w-])/y,
    accepts: ({ secret }) => looksRandom(secret.replace(/^\d+:/, "")),
  },
  {
    id: "teams-webhook",
    what: "Microsoft Teams webhook",
    keywords: [".webhook.office.com/"],
    pattern: new RegExp(
      `\\.webhook\\.office\\.com/(webhookb2/${UUID}@${UUID}/IncomingWebhook/[a-z0-9]{32}/${UUID})`,
      "iy",
    ),
  },
  {
    id: "zapier-webhook",
    what: "Zapier webhook",
    keywords: ["hooks.zapier.com/"],
    pattern: /hooks\.zapier\.com\/(hooks\/catch\/\d{4,10}\/[a-z0-9]{5,10})/iy,
    accepts: ({ secret }) => /catch\/\d*[1-9]\d*\/(?=[a-z]*\d)/i.test(secret) && !/12345|abc/i.test(secret),
  },
  token("twilio", "Twilio API key", "SK", "[0-9a-f]{32}"),
  near("twilio-auth-token", "Twilio auth token", "twilio", "[a-f0-9]{32}"),
  token("sendgrid", "SendGrid API key", "SG.", "[\\w-]{20,24}\\.[\\w-]{39,50}"),
  token("sendinblue", "Brevo API key", "xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
  token("sendinblue-smtp", "Brevo SMTP key", "xsmtpsib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
  token("mailgun", "Mailgun key", "key-", "[a-f0-9]{32}"),
  near("mailgun-signing", "Mailgun signing key", "mailgun", "[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}"),
  {
    id: "mailchimp",
    what: "Mailchimp API key",
    keywords: ["-us"],
    pattern: /(?<=(?<!\w)([a-f0-9]{32}))-us\d{1,2}(?!\w)/y,
  },
  near("mandrill", "Mandrill API key", "mandrill", "(?:md-)?[a-z0-9_-]{22}"),
  token("resend", "Resend API key", "re_", "[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
  near("postmark", "Postmark server token", "postmark", UUID),
  near("sparkpost", "SparkPost API key", "sparkpost", "[a-f0-9]{40}"),
  near("messagebird", "MessageBird token", "messagebird message_bird", `[a-z0-9]{25}|${UUID}`),
  near("vonage", "Vonage API secret", "vonage nexmo", "[a-z0-9]{16}"),
  near("plivo", "Plivo auth token", "plivo", "[a-z0-9]{40}"),
  near("sendbird", "Sendbird token", "sendbird", `[a-f0-9]{40}|${UUID}`),
  near("intercom", "Intercom token", "intercom", "[a-z0-9=_-]{60}"),
  near("mattermost", "Mattermost token", "mattermost", "[a-z0-9]{26}"),
  near("gitter", "Gitter token", "gitter", "[a-z0-9_-]{40}"),
  near("zendesk", "Zendesk secret", "zendesk", "[a-z0-9]{40}"),
  near("line", "LINE channel secret", "line_channel channel_secret channelsecret", "[a-f0-9]{32}"),
  token("facebook-page", "Facebook page token", "EAA", "[MC][A-Za-z0-9]{100,300}"),
  {
    id: "facebook-app-token",
    what: "Facebook app access token",
    keywords: ["facebook", "fb_"],
    pattern:
      /(?:facebook|fb_)[\w.-]{0,24}["'`]{0,2}[ \t]{0,3}(?:=>|=|:|,)[ \t]{0,3}["'`]?(\d{15,16}(?:\||%7C)[\w-]{27,40})/iy,
  },
  near("facebook-secret", "Facebook app secret", "facebook fb_app fb_secret fb_client", "[a-f0-9]{32}"),
  near("instagram", "Instagram secret", "instagram", "[a-f0-9]{32}"),
  token("instagram-token", "Instagram access token", "IGQV", "[\\w-]{100,300}"),
  near("linkedin", "LinkedIn client secret", "linkedin linked_in", "[a-z0-9]{16}|WPL_AP\\d\\.[a-z0-9.=+/]{16,40}"),
  token("twitter-bearer", "Twitter bearer token", "AAAAAAAAAAAAAAAAAAAAA", "A[A-Za-z0-9%]{80,100}"),
  {
    id: "twitter-access-token",
    what: "Twitter access token",
    keywords: ["twitter", "access_token", "accesstoken"],
    pattern:
      /(?:twitter|access_?token)[\w.-]{0,24}["'`]{0,2}[ \t]{0,3}(?:=>|=|:|,)[ \t]{0,3}["'`]?(\d{15,25}-[a-zA-Z0-9]{20,40})(?!\w)/iy,
  },
  near("twitter-secret", "Twitter secret", "twitter", "[a-z0-9]{50}|[a-z0-9]{45}|[a-z0-9]{25}"),
  near("twitch", "Twitch secret", "twitch", "[a-z0-9]{30}"),
  near("flickr", "Flickr secret", "flickr", "[a-f0-9]{32}"),
  near("spotify", "Spotify client secret", "spotify", "[a-f0-9]{32}"),
  near("reddit", "Reddit client secret", "reddit", "[a-z0-9_-]{27,30}"),
  near("pushover", "Pushover token", "pushover", "[a-z0-9]{30}"),
  token("notion", "Notion token", "ntn_", "[0-9]{11}[A-Za-z0-9]{35}"),
  token("notion-legacy", "Notion token", "secret_", "[A-Za-z0-9]{43}"),
  token("linear", "Linear API key", "lin_api_", "[A-Za-z0-9]{40}"),
  token("linear-oauth", "Linear OAuth token", "lin_oauth_", "[A-Za-z0-9]{40,64}"),
  near("linear-client-secret", "Linear client secret", "linear", "[a-f0-9]{32}"),
  token("atlassian", "Atlassian API token", "ATATT3", "[A-Za-z0-9_\\-=]{180,200}"),
  near("atlassian-legacy", "Atlassian API token", "atlassian confluence jira", "[a-z0-9]{20}[a-f0-9]{4}"),
  token("trello-token", "Trello token", "ATTA", "[a-f0-9]{64,72}"),
  near("trello", "Trello key", "trello", "[a-z0-9]{32}|[a-z0-9]{64}"),
  near("asana", "Asana client secret", "asana", "[a-z0-9]{32}"),
  token("asana-pat", "Asana personal access token", "1/", "\\d{14,18}(?:/\\d{14,18})?:[a-f0-9]{32}"),
  near("clickup", "ClickUp token", "clickup", "pk_\\d{6,10}_[A-Z0-9]{32}"),
  near("monday", "Monday token", "monday", "eyJ[\\w-]{20,200}\\.[\\w-]{20,600}\\.[\\w-]{20,100}"),
  token("typeform", "Typeform token", "tfp_", "[A-Za-z0-9\\-_.=]{40,59}"),
  token("airtable", "Airtable personal access token", "pat", "[A-Za-z0-9]{14}\\.[a-f0-9]{64}"),
  near("airtable-legacy", "Airtable API key", "airtable", "(?:key)?[a-z0-9]{14,17}"),
  token("figma", "Figma token", "figd_", "[\\w-]{40,44}"),
  {
    id: "dropbox",
    what: "Dropbox token",
    keywords: ["sl."],
    pattern: /(?<![\w.-])sl\.(?:u\.)?[A-Za-z0-9_=-]{130,1500}(?![\w-])/y,
  },
  near("dropbox-secret", "Dropbox secret", "dropbox", "[a-z0-9]{15}|[a-z0-9]{11}AAAAAAAAAA[a-z0-9_=-]{43}"),
  near("box", "Box client secret", "box_client boxclient box_secret", "[a-z0-9]{32}"),
];
