using System.Text;
using Spectre.Console;

namespace AdaptCluster.Client.Output;

/// <summary>Detects terminals and creates consoles for them.</summary>
internal static class Terminal
{
    /// <summary>The width if the output is not a terminal: wide enough that no table is ever wrapped.</summary>
    private const int Unlimited = 10_000;

    /// <summary>Whether the command line contains --no-color. The property is static, since a process runs only one command.</summary>
    public static bool NoColour { get; set; }

    /// <summary>Whether standard error may show live progress and colour.</summary>
    public static bool ErrorIsInteractive(TextWriter error) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Returns the line width in characters.</summary>
    public static int Width(TextWriter writer) => IsInteractive(writer) ? For(writer).Profile.Width : Unlimited;

    /// <summary>Crops a string to a width, ending it with an ellipsis if it is cut.</summary>
    public static string Crop(string text, int length)
    {
        if (Cells(text) <= length) return text;
        var (kept, used) = (0, 1);
        foreach (var rune in text.EnumerateRunes())
        {
            used += Cells(rune.ToString());
            if (used > length) break;
            kept += rune.Utf16SequenceLength;
        }
        return $"{text[..kept]}…";
    }

    /// <summary>Returns the width of a string on a terminal, where some characters are two cells wide.</summary>
    public static int Cells(string text) => Ascii.IsValid(text) ? text.Length : text.GetCellWidth();

    /// <summary>Writes a paragraph, which on a terminal is wrapped between words.</summary>
    public static void WriteWrapped(TextWriter writer, string text)
    {
        if (IsInteractive(writer)) For(writer).Write(new Text($"{text}\n"));
        else writer.WriteLine(text);
    }

    /// <summary>
    /// Creates a console that writes to <paramref name="writer"/>: with colour and the terminal's width on a terminal, plain and
    /// unlimited elsewhere.
    /// </summary>
    public static IAnsiConsole For(TextWriter writer)
    {
        var interactive = IsInteractive(writer);
        var noColour = NoColour || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive && !noColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!interactive) console.Profile.Width = Unlimited;
        return console;
    }

    private static bool IsInteractive(TextWriter writer) =>
        (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || ErrorIsInteractive(writer);
}
