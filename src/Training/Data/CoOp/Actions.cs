using System.Globalization;
using System.Text.RegularExpressions;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// UCF101, with the middle frame of each video as an image. Uses the first of the official partitions into training and test videos. If the
/// published split is missing, validation images are taken from the training images.
/// </summary>
internal sealed partial class Actions : CoOpLayout
{
    /// <inheritdoc/>
    public override string Name => "ucf101";

    /// <inheritdoc/>
    public override string Folder => "ucf101";

    /// <inheritdoc/>
    public override string Images => "UCF-101-midframes";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_UCF101.json";

    /// <inheritdoc/>
    public override string[] Lists { get; } = ["ucfTrainTestlist/classInd.txt", "ucfTrainTestlist/trainlist01.txt",
        "ucfTrainTestlist/testlist01.txt"];

    /// <inheritdoc/>
    public override string Template => "a photo of a person doing {}.";

    /// <inheritdoc/>
    public override int Classes => 101;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (7_639, 1_898, 3_783);

    /// <summary>
    /// Builds the lists from lines such as "ApplyLipstick/v_ApplyLipstick_g08_c01.avi 2". The video's frame is a .jpg file in the folder
    /// Apply_Lipstick.
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, index) in folder.Lines(Lists[0]).Select((line, index) => (line, index)))
        {
            if (line.Split(' ') is not [var label, var name]
                || !int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || !labels.TryAdd(name, number - 1))
                throw folder.Refused(Lists[0], index, $"'{line}' is not a number followed by an action, or repeats an earlier action");
        }
        var (train, validation) = SplitGenerator.TwoWays(List(folder, Lists[1], labels), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Lists[1]), train, validation,
            List(folder, Lists[2], labels)));
    }

    private ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ')[0].Split('/') is [var action, var video] && labels.TryGetValue(action, out var label)
                ? new ListedImage($"{Underscored(action)}/{video.Replace(".avi", ".jpg", StringComparison.Ordinal)}",
                    label, Underscored(action))
                : throw folder.Refused(file, index, $"'{line}' is not a video of an action listed in {Lists[0]}")),
    ];

    private static string Underscored(string action) => string.Join('_', CapitalisedWord().Matches(action).Select(match => match.Value));

    [GeneratedRegex("[A-Z][^A-Z]*")]
    private static partial Regex CapitalisedWord();
}
