using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The quotas for people and groups, and how the queue shares workers. By default, there are no quotas.</summary>
/// <param name="Person">The limits of each person (Quota:Jobs, Quota:Leases, Quota:Priority).</param>
/// <param name="Groups">The shared limits of groups (Quota:Groups:NAME:*).</param>
/// <param name="FairByPerson">Whether workers are shared between people rather than between sweeps (Queue:FairShare).</param>
[Setting("Quota:Jobs", "none: no limit",
    "the maximum number of unfinished jobs of one person over all sweeps; a submission that would exceed it is refused "
    + "([cluster.md](cluster.md#who-may-take-how-much))")]
[Setting("Quota:Leases", "none: no limit", "the maximum number of leases that one person can hold at once in a pool; further work waits")]
[Setting("Quota:Priority", "none: no limit", "the highest priority that a person can give a sweep")]
[Setting("Quota:Groups:NAME:Members", "none",
    "the members of the group NAME, separated by commas, as `sweep list` shows submitters")]
[Setting("Quota:Groups:NAME:Jobs", "none: no limit", "the maximum number of unfinished jobs of all members together")]
[Setting("Quota:Groups:NAME:Leases", "none: no limit", "the maximum number of leases that all members together can hold at once in a pool")]
[Setting("Quota:Groups:NAME:Priority", "`Quota:Priority`", "the highest priority that a member can give a sweep")]
[Setting("Queue:FairShare", "`sweep`",
    "`sweep` shares workers evenly between sweeps of the same priority, `person` between the people who submitted them")]
public sealed record QuotaSettings(QuotaLimits Person, IReadOnlyList<GroupQuota> Groups, bool FairByPerson)
{
    private const string Root = "Quota", GroupsKey = "Quota:Groups";

    /// <summary>Initializes settings without quotas, with workers shared between sweeps.</summary>
    public QuotaSettings() : this(new QuotaLimits(), [], FairByPerson: false)
    {
    }

    /// <summary>Reads the settings. Settings that are not set keep their defaults.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    internal static QuotaSettings From(SettingsReader reader) => new(
        Limits(reader, Root),
        [.. reader.Children(GroupsKey).Select(name => Group(reader, name))],
        reader.OneOf("Queue:FairShare", "sweep", "person") == "person");

    private static GroupQuota Group(SettingsReader reader, string name)
    {
        var key = $"{GroupsKey}:{name}:Members";
        var members = reader.Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return members.Length > 0 ? new GroupQuota(name, members.ToHashSet(StringComparer.Ordinal), Limits(reader, $"{GroupsKey}:{name}"))
            : throw new InvalidInputException(
                $"{SettingsReader.Name(key)}: the group has no members; write their names, separated by commas, as 'sweep list' shows "
                + "submitters.");
    }

    private static QuotaLimits Limits(SettingsReader reader, string root) => new(
        reader.WholeNumber($"{root}:Jobs", 1, int.MaxValue), reader.WholeNumber($"{root}:Leases", 1, int.MaxValue),
        reader.WholeNumber($"{root}:Priority", 0, int.MaxValue));
}
