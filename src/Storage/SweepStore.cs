using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Storage;

/// <summary>
/// The relational store, the only source of truth about sweeps. Grains read their state from it on activation and write all changes to it.
/// </summary>
internal sealed class SweepStore
{
    public SweepStore(Lazy<IDbContextFactory<SweepDbContext>> contexts, StoreDatabase database, StoreFaults faults, TimeProvider time,
        ILogger<SweepStore> logger)
    {
        var access = Access = new StoreAccess(contexts, database, faults, time);
        var artifacts = Artifacts = new Artifacts(access);
        (Schema, Sweeps, Jobs, History) = (new(access, database, artifacts), new(access), new(access), new(access));
        (Audit, Prompts) = (new(access), new(access));
        (Cache, Leases, Attempts, Quarantines, CookieKeys) = (new(access, Prompts), new(access), new(access), new(access), new(access));
        Submissions = new(access, database, Sweeps, Cache, artifacts, logger);
        (Removal, Sizes) = (new(access, database, artifacts), new(access));
        Predictions = new(access, Removal);
    }

    public StoreSchema Schema { get; }

    public Submissions Submissions { get; }

    public SweepTable Sweeps { get; }

    public JobTable Jobs { get; }

    public SweepRemoval Removal { get; }

    public SweepSizes Sizes { get; }

    public AttemptHistory History { get; }

    public Artifacts Artifacts { get; }

    public ResultCache Cache { get; }

    public PromptCache Prompts { get; }

    public LeaseLedger Leases { get; }

    public AttemptLedger Attempts { get; }

    public QuarantineTable Quarantines { get; }

    public AuditTable Audit { get; }

    /// <summary>The object that provides access to the database, used by <see cref="SweepSearch"/>.</summary>
    public StoreAccess Access { get; }

    public CookieKeyTable CookieKeys { get; }

    public PredictionRetention Predictions { get; }
}
