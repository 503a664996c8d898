using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>The state of the list of sweeps, as encoded in its URL, so that a shared URL shows the same list.</summary>
/// <param name="Text">The search text: part of a sweep's name or id. Empty to list all sweeps.</param>
/// <param name="State">The state of the sweeps to list; null for all states.</param>
/// <param name="Order">The sort order.</param>
/// <param name="Reversed">Whether the order is reversed.</param>
/// <param name="Page">The 1-based page number.</param>
public sealed record SweepsAddress(string Text, SweepState? State, SweepOrder Order, bool Reversed, int Page)
{
    /// <summary>The number of sweeps per page.</summary>
    public const int PageSize = 25;

    /// <summary>The maximum page number that is accepted.</summary>
    private const int MostPages = 1_000_000;

    /// <summary>Reads a URL's untrusted parameters. Invalid values are ignored.</summary>
    /// <param name="text">The search text.</param>
    /// <param name="state">The name of a state.</param>
    /// <param name="sort">The name of an order, with a leading hyphen to reverse it.</param>
    /// <param name="page">The page number.</param>
    public static SweepsAddress Of(string? text, string? state, string? sort, string? page)
    {
        text = Printable(text ?? "").Trim();
        if (text.Length > SweepQuery.LongestText)
        {
            // Do not cut between the halves of a surrogate pair.
            var length = SweepQuery.LongestText - (char.IsHighSurrogate(text[SweepQuery.LongestText - 1]) ? 1 : 0);
            text = text[..length];
        }
        return new(text, Named<SweepState>(state), Named<SweepOrder>(sort?.TrimStart('-')) ?? SweepOrder.Submitted,
            sort is ['-', ..], int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Math.Clamp(number, 1, MostPages) : 1);
    }

    /// <summary>The query to the cluster.</summary>
    public SweepQuery Query => new()
    {
        From = (Page - 1) * PageSize,
        Count = PageSize,
        Text = Text.Length > 0 ? Text : null,
        State = State,
        Order = Order,
        Reversed = Reversed,
    };

    /// <summary>The order as encoded in the URL.</summary>
    public string Sort => $"{(Reversed ? "-" : "")}{AdaptClusterJson.Name(Order)}";

    /// <summary>Returns the URL.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Text.Length > 0) parts.Add($"q={Uri.EscapeDataString(Text)}");
        if (State is { } state) parts.Add($"state={AdaptClusterJson.Name(state)}");
        if (Order != SweepOrder.Submitted || Reversed) parts.Add($"sort={Sort}");
        if (Page > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={Page}"));
        return parts.Count == 0 ? "/" : $"/?{string.Join('&', parts)}";
    }

    /// <summary>
    /// Removes characters that names never contain and databases do not accept: control characters, including NUL, and unpaired surrogates.
    /// </summary>
    private static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar));

    private static T? Named<T>(string? name) where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => AdaptClusterJson.Name(value) == name).Select(value => (T?)value).FirstOrDefault();
}
