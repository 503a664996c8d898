using System.Text;
using Spectre.Console;

namespace AdaptCluster.Client.Output;

/// <summary>Whether a stream is a terminal, and a console for it.</summary>
internal static class Terminal
{
    /// <summary>Width used where nobody looks at lines: wide enough that no table is ever wrapped.</summary>
    private const int Unlimited = 10_000;

    /// <summary>Whether the command line says --no-color; one process runs one command.</summary>
    public static bool NoColour { get; set; }

    /// <summary>Whether live progress and colour belong on standard error.</summary>
    public static bool ErrorIsInteractive(TextWriter error) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Characters that fit a line.</summary>
    public static int Width(TextWriter writer) => IsInteractive(writer) ? For(writer).Profile.Width : Unlimited;

    /// <summary>A text that takes no more places than that; an ellipsis stands for the rest.</summary>
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

    /// <summary>The places that a text takes on a terminal, where some characters are wide.</summary>
    public static int Cells(string text) => Ascii.IsValid(text) ? text.Length : text.GetCellWidth();

    /// <summary>Writes a paragraph; on a terminal it breaks between words.</summary>
    public static void WriteWrapped(TextWriter writer, string text)
    {
        if (IsInteractive(writer)) For(writer).Write(new Text($"{text}\n"));
        else writer.WriteLine(text);
    }

    /// <summary>
    /// A console that writes to <paramref name="writer"/>: colour and the terminal's width on a terminal, plain and unlimited elsewhere.
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
