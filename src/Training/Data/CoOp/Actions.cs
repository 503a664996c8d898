using System.Globalization;
using System.Text.RegularExpressions;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>UCF101's middle frames from its first partition, validation images split off where the published split is missing.</summary>
internal static partial class Actions
{
    /// <summary>The files that it needs.</summary>
    public static string[] Files { get; } = ["ucfTrainTestlist/classInd.txt", "ucfTrainTestlist/trainlist01.txt",
        "ucfTrainTestlist/testlist01.txt"];

    /// <summary>A line is "ApplyLipstick/v_ApplyLipstick_g08_c01.avi 2"; its frame is a .jpg in the folder Apply_Lipstick.</summary>
    public static ImageLists Read(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, index) in folder.Lines(Files[0]).Select((line, index) => (line, index)))
        {
            if (line.Split(' ') is not [var label, var name]
                || !int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || !labels.TryAdd(name, number - 1))
                throw folder.Refused(Files[0], index, $"'{line}' is not a number with an action that stands there once");
        }
        var (train, validation) = OwnSplit.TwoWays(List(folder, Files[1], labels), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Files[1]), train, validation,
            List(folder, Files[2], labels)));
    }

    private static ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ')[0].Split('/') is [var action, var video] && labels.TryGetValue(action, out var label)
                ? new ListedImage($"{Underscored(action)}/{video.Replace(".avi", ".jpg", StringComparison.Ordinal)}",
                    label, Underscored(action))
                : throw folder.Refused(file, index, $"'{line}' is no video of an action of {Files[0]}")),
    ];

    private static string Underscored(string action) => string.Join('_', CapitalisedWord().Matches(action).Select(match => match.Value));

    [GeneratedRegex("[A-Z][^A-Z]*")]
    private static partial Regex CapitalisedWord();
}
