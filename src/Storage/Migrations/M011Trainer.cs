using AdaptCluster.Contracts.Jobs;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds each sweep's trainer version, and the sweep that it replaces. Silos of the previous version write neither. Their sweeps have the
/// default, which is the only trainer version of that release.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("011_trainer")]
internal sealed class M011Trainer : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("trainer", "sweeps", defaultValue: TrainerVersion.BeforeOffers);
        migrationBuilder.AddColumn<string>("supersedes", "sweeps", nullable: true);
    }
}
