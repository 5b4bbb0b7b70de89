/** A service as somebody might have wrapped it: what it is called, what it is, what is in it. */
export interface Service {
  server: string
  title: string
  about: string
  nouns: string[]
}

/** One service a line: server, title, what it is, its nouns. */
const LINES = `
github|GitHub|Code hosting for our repositories|repository issue pull_request branch release workflow_run
gitlab|GitLab|Self-hosted code hosting and pipelines|project merge_request pipeline runner snippet milestone
bitbucket|Bitbucket|Code hosting of the old team|workspace pull_request commit_comment build_status webhook fork
jira|Jira|Issue tracking of the product teams|ticket sprint epic board worklog component
linear|Linear|Issue tracking of the app team|issue cycle roadmap label project_update attachment
trello|Trello|Boards with cards for the household|card checklist list_column board_member sticker due_date
asana|Asana|Tasks and portfolios of marketing|task subtask portfolio goal section tag
notion|Notion|Wiki and notes|page database block comment template user
confluence|Confluence|Company wiki|space article draft_page inline_comment restriction macro
slack|Slack|Team chat|channel message thread reaction reminder user_group
discord|Discord|Chat of the gaming group|guild voice_channel role invite_link thread_post ban
teams|Microsoft Teams|Chat and meetings at work|meeting chat_message team_channel call_recording transcript presence
gmail|Gmail|Private electronic mail|email_message label draft mail_filter attachment signature vacation_reply
outlook|Outlook|Electronic mail and calendar at work|mail folder contact rule focused_item category
gcal|Google Calendar|Private calendar|event calendar attendee recurrence free_slot reminder color
gdrive|Google Drive|Files in the cloud|file folder permission revision shared_drive shortcut
dropbox|Dropbox|Shared files of the family|file_request shared_link paper_doc team_folder upload_session file_version
onedrive|OneDrive|Files at work|document drive_item sharing_link recycle_item thumbnail delta
gsheets|Google Sheets|Spreadsheets|spreadsheet row cell_range chart named_range pivot_table
airtable|Airtable|Small databases|base record field table_view form_response sync
postgres|PostgreSQL|The relational database of the shop|table index query_plan role replication_slot extension vacuum_job
mysql|MySQL|The relational database of the blog|schema stored_procedure trigger slow_query user_grant binlog
mongodb|MongoDB|Document store of the app|collection document aggregation shard oplog_entry change_stream gridfs_file
redis|Redis|Cache and queues|key stream_entry sorted_set pubsub_channel memory_report slowlog_entry lua_script
elastic|Elasticsearch|Full text search of the shop|index_template search_query snapshot alias ingest_pipeline shard_allocation mapping
s3|Amazon S3|Object storage|bucket object lifecycle_rule bucket_policy multipart_upload presigned_url inventory
ec2|Amazon EC2|Virtual machines in the cloud|instance security_group volume key_pair elastic_ip machine_image launch_template
lambda_fn|AWS Lambda|Functions in the cloud|function layer invocation event_source concurrency_limit function_alias dead_letter
cloudflare|Cloudflare|DNS and edge of our domains|dns_record zone firewall_rule worker_script cache_rule tunnel page_rule
digitalocean|DigitalOcean|Small virtual machines|droplet volume_snapshot floating_ip load_balancer database_cluster registry_image firewall
kubernetes|Kubernetes|Container orchestration of the cluster|pod deployment service_account ingress config_map cron_job node
docker|Docker|Containers on the home server|container image network named_volume compose_stack build_cache container_log
terraform|Terraform|Infrastructure as code|workspace_run state_file plan_output module provider_lock variable_set drift_report
ansible|Ansible|Set-up of machines|playbook inventory_host role_file vault_secret job_run fact handler
grafana|Grafana|Dashboards|dashboard panel alert_rule data_source annotation folder_permission playlist
prometheus|Prometheus|Metrics|metric recording_rule scrape_target silence time_series alert exporter
sentry|Sentry|Crash reports of the app|error_event crash_group release_health performance_trace source_map user_feedback quota
datadog|Datadog|Monitoring at work|monitor log_pipeline synthetic_test host_map trace_span incident downtime
pagerduty|PagerDuty|Who is on call|on_call_shift escalation_policy incident_note service_dependency override postmortem responder
stripe|Stripe|Card payments of the shop|customer payment invoice subscription refund dispute payout
paypal|PayPal|Payments of the club|transaction money_request billing_agreement chargeback balance payer batch_payout
shopify|Shopify|The online shop|product order discount_code inventory_level abandoned_cart collection gift_card
quickbooks|QuickBooks|Bookkeeping of the firm|bill vendor journal_entry expense_claim tax_rate estimate bank_feed
xero|Xero|Bookkeeping of the studio|credit_note purchase_order bank_transaction fixed_asset payroll_run budget tracking_category
salesforce|Salesforce|Customers and sales|lead opportunity account campaign case_file quote territory
hubspot|HubSpot|Marketing and customers|deal company marketing_form landing_page email_campaign contact_list workflow
zendesk|Zendesk|Help desk|support_ticket macro_reply satisfaction_rating agent help_article sla_policy view_list
intercom|Intercom|Chat with customers|conversation customer_segment canned_reply product_tour news_item bot outbound_message
mailchimp|Mailchimp|Newsletters|newsletter audience subscriber send_report merge_tag signup_form ab_test
twilio|Twilio|Telephone and text messages|text_message phone_call phone_number voicemail verification_code call_queue conference
spotify|Spotify|Music|track playlist album podcast_episode listening_history followed_artist playback_device
youtube|YouTube|Videos of our channel|video caption comment_thread subscriber_count channel_section live_stream thumbnail_image
plex|Plex|Films and series at home|movie series watch_history library_section transcode_session shared_user subtitle
homeassistant|Home Assistant|Lights, heating and sensors at home|light thermostat motion_sensor scene automation_rule door_lock energy_meter
hue|Philips Hue|Lamps of the flat|lamp room_group light_scene dimmer_switch bridge_setting schedule entertainment_area
unifi|UniFi|The network at home|access_point wifi_client switch_port guest_voucher vlan port_forward dpi_report
pihole|Pi-hole|Blocks advertising for the home network|blocked_domain dns_query allow_entry gravity_list dhcp_lease local_record upstream_server
synology|Synology|The network storage|shared_folder backup_job disk storage_pool download_task photo_album quota_limit
openweather|OpenWeather|The weather|hourly_forecast weather_alert air_quality uv_index rain_radar sunrise_time climate_normal
openstreet|OpenStreetMap|Maps and ways|address walking_route bike_route point_of_interest elevation_profile map_tile boundary
deutschebahn|Deutsche Bahn|Trains|train_connection station_departure delay_report seat_reservation platform_change ticket_price coach_order
flights|Flight board|Flights|flight_status airport boarding_gate fare_offer baggage_allowance seat_map aircraft_position
strava|Strava|Sports|run_activity ride_segment heart_rate_zone training_club gear route_plan personal_record
fitbit|Fitbit|Health and sleep|sleep_log step_count body_weight resting_pulse food_entry water_intake breathing_exercise
todoist|Todoist|Things to do|to_do_item to_do_project recurring_task priority_flag productivity_score comment_note completed_item
obsidian|Obsidian|Private notes|daily_note backlink vault_file canvas note_template tag_pane embed
wordpress|WordPress|The blog|post media_item plugin site_comment menu_entry theme_setting redirect
`

export const SERVICES: readonly Service[] = LINES.trim()
  .split('\n')
  .map((line) => {
    const [server = '', title = '', about = '', nouns = ''] = line.split('|')
    return { server, title, about, nouns: nouns.split(' ') }
  })
