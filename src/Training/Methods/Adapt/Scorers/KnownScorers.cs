using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>The scorers that there are, found by reflection.</summary>
internal static class KnownScorers
{
    /// <summary>The scorer of an arm that names none, as in the paper.</summary>
    internal static Scorer Usual { get; } = Scorer.Snip;

    /// <summary>All scorers: the one that is usual first, the others by name.</summary>
    internal static IReadOnlyList<TokenScorer> All { get; } =
    [
        .. FoundClasses.In<TokenScorer>(typeof(KnownScorers).Assembly)
            .OrderBy(scorer => scorer.Kind != Usual).ThenBy(scorer => scorer.Name, StringComparer.Ordinal),
    ];

    /// <summary>The scorer that a job names.</summary>
    /// <exception cref="InvalidInputException">It names none, or one that there is not.</exception>
    internal static TokenScorer Find(Scorer? kind, string method)
    {
        var names = All.Select(scorer => scorer.Name).ToArray();
        return kind is null
            ? throw new InvalidInputException($"Method {method}: scorer is missing; give {string.Join(", ", names[..^1])} or {names[^1]}.")
            : All.FirstOrDefault(scorer => scorer.Kind == kind)
                ?? throw new InvalidInputException($"Method {method}: there is no scorer '{kind}'; give {string.Join(", ", names)}.");
    }
}
