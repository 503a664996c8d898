using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds an index with all columns that select and order the sweeps in a list. In the table, the cluster is stored after the plan, so SQLite
/// would have to read past the plan: 57 KB per sweep for a sweep the size of the paper's table.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("013_listing")]
internal sealed class M013Listing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_sweeps_listing", "sweeps", ["cluster", "ordinal", "submitted_ms", "id", "state"]);
}
