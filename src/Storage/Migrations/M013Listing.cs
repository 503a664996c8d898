using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// An index with every column that listing sweeps needs but does not show. In the table, the cluster is stored after the plan, so SQLite
/// would read through the plan to reach it: 57 KB per sweep of the size of the paper's table.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("013_listing")]
internal sealed class M013Listing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_sweeps_listing", "sweeps", ["cluster", "ordinal", "submitted_ms", "id", "state"]);
}
