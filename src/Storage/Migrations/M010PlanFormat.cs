using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds the plan format of each sweep (<see cref="StoredPlan.Format"/>). Existing plans, and plans that silos of the previous version
/// write, have format 1.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("010_plan_format")]
internal sealed class M010PlanFormat : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<int>("plan_format", "sweeps", defaultValue: 1);
}
