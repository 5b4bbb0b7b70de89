ALTER TABLE "operations" ADD COLUMN "attended" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "parked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "heard" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "taken_up_as" uuid;--> statement-breakpoint
UPDATE "operations" SET "parked" = "attended_until" = 'infinity', "heard" = "state" = 'done';--> statement-breakpoint
ALTER TABLE "operations" DROP COLUMN "attended_until";--> statement-breakpoint
ALTER TABLE "operations" DROP COLUMN "attended_by";--> statement-breakpoint
DROP INDEX "operations_equal";--> statement-breakpoint
CREATE INDEX "operations_equal" ON "operations" ("principal","request_digest") WHERE modern_client is not null;