using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Local;

/// <summary>Tokenizes class texts with the tokenizer of a backbone on this machine.</summary>
internal static class LocalTokens
{
    /// <summary>Returns the tokens.</summary>
    /// <param name="settings">The settings, with the model roots.</param>
    /// <param name="backbone">The backbone, as named in specs.</param>
    /// <param name="fingerprint">The SHA-256 that the backbone's files must have.</param>
    /// <param name="template">The template that turns a class name into a text.</param>
    /// <param name="classNames">The class names in label order.</param>
    /// <returns>The tokens; null, with the reason, if the backbone is not available.</returns>
    public static (ExportTokens? Tokens, string Reason) Of(
        SiloSettings settings, string backbone, string fingerprint, string template, IReadOnlyList<string> classNames)
    {
        try
        {
            using var library = new TrainingLibrary(settings);
            var texts = new ClassTexts(library.Backbone(backbone, fingerprint).Tokenizer, template, classNames);
            var whole = texts.With([]);
            return (new ExportTokens(whole[0][0], whole[0][^1], texts.Before, [.. whole.Select(text => text[1..^1])]), "");
        }
        catch (InvalidInputException e)
        {
            return (null, $"the backbone cannot be read here ({PrintableText.OneLine(e.Message.ReplaceLineEndings(" ").TrimEnd('.'))})");
        }
    }
}
