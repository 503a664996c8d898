using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Local;

/// <summary>Texts of classes by the tokenizer of a backbone of this machine.</summary>
internal static class LocalTokens
{
    /// <summary>The texts.</summary>
    /// <param name="settings">Where backbones lie.</param>
    /// <param name="backbone">The backbone, as specs name it.</param>
    /// <param name="fingerprint">The SHA-256 that its files must have.</param>
    /// <param name="template">The text of a class.</param>
    /// <param name="classNames">Names in label order.</param>
    /// <returns>Null with the reason where the backbone is not here.</returns>
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
