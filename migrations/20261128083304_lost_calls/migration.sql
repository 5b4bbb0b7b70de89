ALTER TABLE "operations" ADD COLUMN "taken_up_as" uuid;--> statement-breakpoint
DROP INDEX "operations_equal";--> statement-breakpoint
CREATE INDEX "operations_equal" ON "operations" ("principal","request_digest") WHERE modern_client is not null;