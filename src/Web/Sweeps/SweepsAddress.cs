using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>What the list of sweeps shows, as its address has it: whoever is given the address sees the same.</summary>
/// <param name="Text">Part of the name or id; empty for all.</param>
/// <param name="State">Only sweeps in this state; null for all.</param>
/// <param name="Order">What they are ordered by.</param>
/// <param name="Reversed">Whether the order is turned round.</param>
/// <param name="Page">The page, from 1.</param>
public sealed record SweepsAddress(string Text, SweepState? State, SweepOrder Order, bool Reversed, int Page)
{
    /// <summary>Sweeps of a page.</summary>
    public const int PageSize = 25;

    /// <summary>Pages that an address may ask for; more no list has.</summary>
    private const int MostPages = 1_000_000;

    /// <summary>Reads an address that anybody may have written: what makes no sense is left out.</summary>
    /// <param name="text">The text searched for.</param>
    /// <param name="state">A state's name.</param>
    /// <param name="sort">An order's name, with a hyphen before it turned round.</param>
    /// <param name="page">A number.</param>
    public static SweepsAddress Of(string? text, string? state, string? sort, string? page)
    {
        text = Printable(text ?? "").Trim();
        if (text.Length > SweepQuery.LongestText)
        {
            // Not between the halves of a surrogate pair.
            var length = SweepQuery.LongestText - (char.IsHighSurrogate(text[SweepQuery.LongestText - 1]) ? 1 : 0);
            text = text[..length];
        }
        return new(text, Named<SweepState>(state), Named<SweepOrder>(sort?.TrimStart('-')) ?? SweepOrder.Submitted,
            sort is ['-', ..], int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Math.Clamp(number, 1, MostPages) : 1);
    }

    /// <summary>What the cluster is asked.</summary>
    public SweepQuery Query => new()
    {
        From = (Page - 1) * PageSize,
        Count = PageSize,
        Text = Text.Length > 0 ? Text : null,
        State = State,
        Order = Order,
        Reversed = Reversed,
    };

    /// <summary>The order as an address has it.</summary>
    public string Sort => $"{(Reversed ? "-" : "")}{AdaptClusterJson.Name(Order)}";

    /// <summary>The address.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Text.Length > 0) parts.Add($"q={Uri.EscapeDataString(Text)}");
        if (State is { } state) parts.Add($"state={AdaptClusterJson.Name(state)}");
        if (Order != SweepOrder.Submitted || Reversed) parts.Add($"sort={Sort}");
        if (Page > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={Page}"));
        return parts.Count == 0 ? "/" : $"/?{string.Join('&', parts)}";
    }

    /// <summary>Without what no name has and no database takes: control characters, NUL among them, and half surrogate pairs.</summary>
    private static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar));

    private static T? Named<T>(string? name) where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => AdaptClusterJson.Name(value) == name).Select(value => (T?)value).FirstOrDefault();
}
