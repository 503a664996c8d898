namespace AdaptCluster.Grains.Queue;

/// <summary>What people, and groups of people, may take of a cluster. A person is who submitted a sweep, as it says.</summary>
public sealed class QuotaOptions
{
    /// <summary>What each person may take. Default: anything.</summary>
    public QuotaLimits Person { get; set; } = new();

    /// <summary>What the members of a group may take together. Default: no groups.</summary>
    public IReadOnlyList<GroupQuota> Groups { get; set; } = [];

    /// <summary>
    /// Whether the queue shares its workers evenly between people rather than between sweeps, among those of one priority. Default: false.
    /// </summary>
    public bool FairByPerson { get; set; }

    /// <summary>What somebody is called: all that do not say who they are count as one person.</summary>
    /// <param name="submittedBy">As the sweep has it.</param>
    internal static string NameOf(string? submittedBy) => submittedBy ?? "unknown";

    /// <summary>The groups that a person is a member of.</summary>
    internal IEnumerable<GroupQuota> GroupsOf(string person) => Groups.Where(group => group.Members.Contains(person));
}

/// <summary>Limits; what is null is not limited.</summary>
/// <param name="Jobs">Unfinished jobs in all sweeps together.</param>
/// <param name="Leases">Leases held at once in one pool.</param>
/// <param name="Priority">The highest priority of a sweep.</param>
public sealed record QuotaLimits(int? Jobs = null, int? Leases = null, int? Priority = null);

/// <summary>A group of people and what they may take together.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Members">Its members, as their sweeps name them.</param>
/// <param name="Limits">What they may take together; the priority is for each of them, instead of what holds for everybody.</param>
public sealed record GroupQuota(string Name, IReadOnlyCollection<string> Members, QuotaLimits Limits);
