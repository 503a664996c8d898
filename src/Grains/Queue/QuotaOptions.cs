namespace AdaptCluster.Grains.Queue;

/// <summary>The limits of people and groups on a cluster. A person is the submitter that a sweep names.</summary>
public sealed class QuotaOptions
{
    /// <summary>The limits of each person. Default: no limits.</summary>
    public QuotaLimits Person { get; set; } = new();

    /// <summary>The groups, each with limits that its members share. Default: no groups.</summary>
    public IReadOnlyList<GroupQuota> Groups { get; set; } = [];

    /// <summary>
    /// Whether the queue shares workers evenly between people rather than between sweeps, among sweeps of the same priority. Default:
    /// false.
    /// </summary>
    public bool FairByPerson { get; set; }

    /// <summary>Returns the name under which a person is counted. Everyone without a name counts as one person.</summary>
    /// <param name="submittedBy">The submitter that the sweep names.</param>
    internal static string NameOf(string? submittedBy) => submittedBy ?? "unknown";

    /// <summary>The groups that a person is a member of.</summary>
    internal IEnumerable<GroupQuota> GroupsOf(string person) => Groups.Where(group => group.Members.Contains(person));
}

/// <summary>Limits; null means unlimited.</summary>
/// <param name="Jobs">Unfinished jobs in all sweeps together.</param>
/// <param name="Leases">Leases held at once in one pool.</param>
/// <param name="Priority">The highest allowed priority of a sweep.</param>
public sealed record QuotaLimits(int? Jobs = null, int? Leases = null, int? Priority = null);

/// <summary>A group of people and the limits that they share.</summary>
/// <param name="Name">The name that error messages use.</param>
/// <param name="Members">Its members, by the names in their sweeps.</param>
/// <param name="Limits">The shared limits. The priority applies to each member and replaces the general one.</param>
public sealed record GroupQuota(string Name, IReadOnlyCollection<string> Members, QuotaLimits Limits);
