namespace AdaptCluster.Grains.Queue;

/// <summary>The leases that one person, or one group of people, holds in a queue.</summary>
/// <param name="owner">The person or group, in words.</param>
/// <param name="limit">The name of the setting that limits it.</param>
/// <param name="most">The maximum number of leases at a time; null for no limit.</param>
internal sealed class LeaseAccount(string owner, string limit, int? most)
{
    private readonly Dictionary<int, int> _byPriority = [];
    private int _leased;

    /// <summary>How many more leases may be granted.</summary>
    public int Room => most is { } number ? Math.Max(0, number - _leased) : int.MaxValue;

    /// <summary>Explains why no more leases are granted; null while there is room.</summary>
    /// <param name="pool">The queue's pool.</param>
    public string? FullText(string pool) => Room > 0 ? null
        : $"{owner} has all {most} leases of pool '{pool}' that {limit} allows; it goes on when one of them ends";

    /// <summary>The number of leases of sweeps with this priority.</summary>
    public int At(int priority) => _byPriority.GetValueOrDefault(priority);

    /// <summary>Counts leases that were granted or, if negative, have ended.</summary>
    public void Add(int priority, int leases)
    {
        _leased += leases;
        if ((_byPriority[priority] = At(priority) + leases) == 0) _byPriority.Remove(priority);
    }
}

/// <summary>Finds the accounts that a sweep's leases count towards: its submitter's and those of the submitter's groups.</summary>
/// <param name="options">The limits.</param>
internal sealed class LeaseAccounts(QuotaOptions options)
{
    private readonly Dictionary<string, LeaseAccount> _people = [], _groups = [];

    /// <summary>Whether workers are shared between people rather than between sweeps.</summary>
    public bool FairByPerson => options.FairByPerson;

    /// <summary>Returns the accounts, starting with the person's own.</summary>
    /// <param name="submittedBy">Who submitted the sweep; null if unknown.</param>
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
