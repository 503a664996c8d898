using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The limits of people and groups, and how the queue shares its workers. There are no limits unless they are set.</summary>
/// <param name="Person">The limits of each person (Quota:Jobs, Quota:Leases, Quota:Priority).</param>
/// <param name="Groups">The shared limits of groups (Quota:Groups:NAME:*).</param>
/// <param name="FairByPerson">Whether workers are shared between people rather than between sweeps (Queue:FairShare).</param>
[Setting("Quota:Jobs", "none: no limit",
    "unfinished jobs that one person may have in all sweeps together; a submission beyond that is refused "
    + "([cluster.md](cluster.md#who-may-take-how-much))")]
[Setting("Quota:Leases", "none: no limit", "the maximum number of leases that one person may hold at a time in a pool; further work waits")]
[Setting("Quota:Priority", "none: no limit", "the highest priority that a person may give a sweep")]
[Setting("Quota:Groups:NAME:Members", "none",
    "the members of a group that you name, separated by commas, each as `sweep list` shows who submitted a sweep")]
[Setting("Quota:Groups:NAME:Jobs", "none: no limit", "unfinished jobs that the members may have together")]
[Setting("Quota:Groups:NAME:Leases", "none: no limit", "leases that the members may hold together at once in a pool")]
[Setting("Quota:Groups:NAME:Priority", "`Quota:Priority`", "the highest priority that a member may give a sweep")]
[Setting("Queue:FairShare", "`sweep`",
    "`person` shares the workers evenly between people instead of between sweeps, among sweeps of one priority")]
public sealed record QuotaSettings(QuotaLimits Person, IReadOnlyList<GroupQuota> Groups, bool FairByPerson)
{
    private const string Root = "Quota", GroupsKey = "Quota:Groups";

    /// <summary>Creates settings without limits, with workers shared between sweeps.</summary>
    public QuotaSettings() : this(new QuotaLimits(), [], FairByPerson: false)
    {
    }

    /// <summary>Reads the settings. Any that are not set keep their defaults.</summary>
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
