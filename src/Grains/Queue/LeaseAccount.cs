namespace AdaptCluster.Grains.Queue;

/// <summary>The leases that one person, or one group of people, holds in a queue.</summary>
/// <param name="owner">Who it is, in words.</param>
/// <param name="limit">The setting that bounds it.</param>
/// <param name="most">Most leases at a time; null for no limit.</param>
internal sealed class LeaseAccount(string owner, string limit, int? most)
{
    private readonly Dictionary<int, int> _byPriority = [];
    private int _leased;

    /// <summary>How many more leases may be given.</summary>
    public int Room => most is { } number ? Math.Max(0, number - _leased) : int.MaxValue;

    /// <summary>Why nothing more is given, in words; null while there is room.</summary>
    /// <param name="pool">The queue's pool.</param>
    public string? FullText(string pool) => Room > 0 ? null
        : $"{owner} has all {most} leases of pool '{pool}' that {limit} allows; it goes on when one of them ends";

    /// <summary>Leases of sweeps with a priority.</summary>
    public int At(int priority) => _byPriority.GetValueOrDefault(priority);

    /// <summary>Counts leases that were given or, below 0, have ended.</summary>
    public void Add(int priority, int leases)
    {
        _leased += leases;
        if ((_byPriority[priority] = At(priority) + leases) == 0) _byPriority.Remove(priority);
    }
}

/// <summary>Whose account a sweep's leases are on: its submitter's, and those of the groups that he or she is in.</summary>
/// <param name="options">The limits.</param>
internal sealed class LeaseAccounts(QuotaOptions options)
{
    private readonly Dictionary<string, LeaseAccount> _people = [], _groups = [];

    /// <summary>Whether workers are shared between people rather than between sweeps.</summary>
    public bool FairByPerson => options.FairByPerson;

    /// <summary>The accounts, the person's own first.</summary>
    /// <param name="submittedBy">Who submitted the sweep; null where nobody knows.</param>
    public LeaseAccount[] Of(string? submittedBy)
    {
        var person = QuotaOptions.NameOf(submittedBy);
        if (!_people.TryGetValue(person, out var own))
            _people.Add(person, own = new LeaseAccount($"its submitter '{person}'", "Quota:Leases", options.Person.Leases));
        return [own, .. options.GroupsOf(person).Select(Group)];
    }

    private LeaseAccount Group(GroupQuota group)
    {
        if (!_groups.TryGetValue(group.Name, out var account))
        {
            _groups.Add(group.Name, account = new LeaseAccount($"its submitter's group '{group.Name}'", $"Quota:Groups:{group.Name}:Leases",
                group.Limits.Leases));
        }
        return account;
    }
}
