using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>All known scorers, found by reflection.</summary>
internal static class KnownScorers
{
    /// <summary>The default scorer, which the paper uses.</summary>
    internal static Scorer Usual { get; } = Scorer.Snip;

    /// <summary>All scorers: the default scorer, followed by the others in order of their names.</summary>
    internal static IReadOnlyList<TokenScorer> All { get; } =
    [
        .. ClassDiscovery.In<TokenScorer>(typeof(KnownScorers).Assembly)
            .OrderBy(scorer => scorer.Kind != Usual).ThenBy(scorer => scorer.Name, StringComparer.Ordinal),
    ];

    /// <summary>Returns the scorer that a job uses.</summary>
    /// <exception cref="InvalidInputException">The job specifies no scorer or an unknown scorer.</exception>
    internal static TokenScorer Find(Scorer? kind, string method)
    {
        var names = All.Select(scorer => scorer.Name).ToArray();
        return kind is null
            ? throw new InvalidInputException($"Method {method}: scorer is missing; write {string.Join(", ", names[..^1])} or {names[^1]}.")
            : All.FirstOrDefault(scorer => scorer.Kind == kind)
                ?? throw new InvalidInputException($"Method {method}: there is no scorer '{kind}'; use one of {string.Join(", ", names)}.");
    }
}
