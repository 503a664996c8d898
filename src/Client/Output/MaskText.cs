using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Draws masks with characters: one row per block, one character per context token.</summary>
internal static class MaskText
{
    private const char Live = '█', Pruned = '·';

    /// <summary>The digits that show when a token was pruned, from early to late. More than ten levels could not be told apart.</summary>
    private const string When = "0123456789";

    /// <summary>Writes the masks after one prune step.</summary>
    public static void WriteStep(TextWriter output, TokenGrid grid, int step)
    {
        var (image, text) = (grid.Mask(Branch.Image, step), grid.Mask(Branch.Text, step));
        output.WriteLine(step == 0 ? "before the first prune step"
            : $"after prune step {step}, in epoch {grid.Epoch(step)}: {image.Count(token => token == 1)} image and "
            + $"{text.Count(token => token == 1)} text tokens");
        Draw(output, grid, token => image[token] == 1 ? Live : Pruned, token => text[token] == 1 ? Live : Pruned);
        output.WriteLine($"{Live} kept  {Pruned} pruned");
    }

    /// <summary>Writes a grid that shows when each token was pruned.</summary>
    public static void WriteLives(TextWriter output, TokenGrid grid, JobHistory history)
    {
        var (image, text) = (grid.Lives(Branch.Image), grid.Lives(Branch.Text));
        var (first, last) = (history.Prunes[0].Iteration, history.Prunes[^1].Iteration);
        output.WriteLine($"left at the end: {image.Count(life => life is null)} image and {text.Count(life => life is null)} text tokens");
        Draw(output, grid, token => Mark(image[token]), token => Mark(text[token]));
        output.WriteLine($"{Live} kept  0 … 9 pruned, from the first prune step (iteration {first}) to the last ({last})");
        char Mark(int? end) => end is { } iteration ? When[(iteration - first) * (When.Length - 1) / Math.Max(1, last - first)] : Live;
    }

    /// <summary>Draws both branches side by side, or one below the other if the terminal is too narrow.</summary>
    private static void Draw(TextWriter output, TokenGrid grid, Func<int, char> image, Func<int, char> text)
    {
        var wide = 12 + (2 * Math.Max(grid.Length, 8)) + 14 <= Terminal.Width(output);
        if (wide)
        {
            output.WriteLine($"{"",-10}{"image".PadRight(Math.Max(grid.Length, 8))}      text");
            for (var block = 0; block < grid.Depth; block++)
                output.WriteLine($"block {block + 1,2}  {Row(block, image).PadRight(Math.Max(grid.Length, 8))}      {Row(block, text)}");
            return;
        }
        foreach (var (name, mark) in (IEnumerable<(string, Func<int, char>)>)[("image", image), ("text", text)])
        {
            output.WriteLine($"{"",-10}{name}");
            for (var block = 0; block < grid.Depth; block++) output.WriteLine($"block {block + 1,2}  {Row(block, mark)}");
        }
        string Row(int block, Func<int, char> mark) => string.Concat(Enumerable.Range(block * grid.Length, grid.Length).Select(mark));
    }
}
