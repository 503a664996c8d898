namespace AdaptCluster.Grains.Queue;

/// <summary>Counts the leases that one person, or one group of people, holds in a queue.</summary>
/// <param name="owner">A phrase that names the person or group, for messages.</param>
/// <param name="limit">The name of the setting that limits the leases.</param>
/// <param name="most">The maximum number of concurrent leases; null for no limit.</param>
internal sealed class LeaseAccount(string owner, string limit, int? most)
{
    private readonly Dictionary<int, int> _byPriority = [];
    private int _leased;

    /// <summary>The number of leases that can still be granted.</summary>
    public int Room => most is { } number ? Math.Max(0, number - _leased) : int.MaxValue;

    /// <summary>Returns the reason why no more leases are granted; null if more can be granted.</summary>
    /// <param name="pool">The queue's pool.</param>
    public string? FullText(string pool) => Room > 0 ? null
        : $"{owner} already holds the maximum of {most} leases in pool '{pool}' ({limit}); the sweep continues when one of them ends";

    /// <summary>Returns the number of leases held by sweeps with the given priority.</summary>
    public int At(int priority) => _byPriority.GetValueOrDefault(priority);

    /// <summary>Adds leases to the count, or removes them if the number is negative.</summary>
    public void Add(int priority, int leases)
    {
        _leased += leases;
        if ((_byPriority[priority] = At(priority) + leases) == 0) _byPriority.Remove(priority);
    }
}

/// <summary>Finds the accounts that a sweep's leases count towards: the submitter's account and the submitter's group accounts.</summary>
/// <param name="options">The limits.</param>
internal sealed class LeaseAccounts(QuotaOptions options)
{
    private readonly Dictionary<string, LeaseAccount> _people = [], _groups = [];

    /// <summary>Whether workers are shared between people rather than between sweeps.</summary>
    public bool FairByPerson => options.FairByPerson;

    /// <summary>Returns the accounts that a sweep's leases count towards, starting with the submitter's own.</summary>
    /// <param name="submittedBy">The person who submitted the sweep; null if unknown.</param>
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
