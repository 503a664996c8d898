using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// All that listing sweeps asks of a sweep that it does not show. In the table the cluster stands behind the plan, which SQLite reads
/// through to reach it: 57 KB for each sweep of the size of the paper's table.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("013_listing")]
internal sealed class M013Listing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_sweeps_listing", "sweeps", ["cluster", "ordinal", "submitted_ms", "id", "state"]);
}
