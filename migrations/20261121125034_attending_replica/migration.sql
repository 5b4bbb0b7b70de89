ALTER TABLE "operations" ADD COLUMN "attended_by" text;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "modern_client" text;