namespace AdaptCluster.Grains.Queue;

/// <summary>The limits for people and groups on a cluster. A person is identified by the submitter name stored with a sweep.</summary>
public sealed class QuotaOptions
{
    /// <summary>The limits for each person. Default: no limits.</summary>
    public QuotaLimits Person { get; set; } = new();

    /// <summary>The groups, each with limits that its members share. Default: no groups.</summary>
    public IReadOnlyList<GroupQuota> Groups { get; set; } = [];

    /// <summary>
    /// Whether the queue shares workers evenly between people rather than between sweeps. This applies among sweeps of the same priority.
    /// Default: false.
    /// </summary>
    public bool FairByPerson { get; set; }

    /// <summary>
    /// Returns the name under which a person's jobs and leases are counted. All submitters without a name count as one person.
    /// </summary>
    /// <param name="submittedBy">The submitter stored with the sweep; null if there is none.</param>
    internal static string NameOf(string? submittedBy) => submittedBy ?? "unknown";

    /// <summary>Returns the groups that a person is a member of.</summary>
    internal IEnumerable<GroupQuota> GroupsOf(string person) => Groups.Where(group => group.Members.Contains(person));
}

/// <summary>The limits for a person or a group. Null means no limit.</summary>
/// <param name="Jobs">The maximum number of unfinished jobs in all sweeps together.</param>
/// <param name="Leases">The maximum number of concurrent leases in one pool.</param>
/// <param name="Priority">The highest allowed priority of a sweep.</param>
public sealed record QuotaLimits(int? Jobs = null, int? Leases = null, int? Priority = null);

/// <summary>A group of people and the limits that they share.</summary>
/// <param name="Name">The group's name, used in error messages.</param>
/// <param name="Members">The submitter names of the group's members.</param>
/// <param name="Limits">The shared limits. The priority limit applies to each member and replaces the limit for individual people.</param>
public sealed record GroupQuota(string Name, IReadOnlyCollection<string> Members, QuotaLimits Limits);
