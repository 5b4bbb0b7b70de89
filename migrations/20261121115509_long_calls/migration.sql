CREATE TABLE "operation_results" (
	"op_id" uuid PRIMARY KEY,
	"whole" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "attended_until" timestamp with time zone DEFAULT 'infinity' NOT NULL;--> statement-breakpoint
CREATE INDEX "operations_equal" ON "operations" ("principal","request_digest") WHERE state = 'running';--> statement-breakpoint
ALTER TABLE "operation_results" ADD CONSTRAINT "operation_results_op_id_operations_op_id_fkey" FOREIGN KEY ("op_id") REFERENCES "operations"("op_id") ON DELETE CASCADE;