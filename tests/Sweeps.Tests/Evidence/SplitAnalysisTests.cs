using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Sweeps.Tests.Evidence;

/// <summary>The numbers of a split, worked out by hand for six images of three classes.</summary>
public sealed class SplitAnalysisTests
{
    private static readonly SplitAnalysis Found = Analyse([0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 1, 0], [1, 0.9, 0.8, 0.6, 0.5, 0.4]);

    [Fact]
    public void Rows_of_the_confusion_matrix_are_classes_and_columns_what_they_were_taken_for() =>
        Assert.Equal([[1, 2, 0], [0, 2, 0], [1, 0, 0]], Found.Matrix()!);

    [Fact]
    public void Each_class_has_its_accuracy_and_the_class_that_it_is_most_taken_for() => Assert.Equal(
        [new(0, "a", 1, 3, 2, 1), new(1, "b", 2, 2, 4, null), new ClassAnalysis(2, "c", 0, 1, 0, 0)], Found.Classes);

    [Fact]
    public void Wrong_images_are_listed_in_the_order_of_the_split() => Assert.Equal([1, 2, 5], Found.Misclassified);

    [Fact]
    public void Calibration_is_that_of_the_predicted_class()
    {
        // No two of the six share a bin of width 1/15, so the error is the mean distance: 0, 0.9, 0.8, 0.4, 0.5, 0.4.
        Assert.Equal(3.0 / 6, Found.CalibrationError!.Value, 4);
        // 0, 0.81, 0.64, 0.16, 0.25 and 0.16.
        Assert.Equal(2.02 / 6, Found.Brier!.Value, 4);
    }

    [Fact]
    public void Images_of_one_bin_are_compared_by_their_mean()
    {
        // 0.61 and 0.65 lie in (9/15, 10/15]; one of the two is right: |0.63 - 0.5|.
        Assert.Equal(0.13, Analyse([0, 1], [0, 0], [0.61, 0.65]).CalibrationError!.Value, 4);
        // The upper end of a bin belongs to it: 0.6 = 9/15 lies below 0.61.
        Assert.Equal((0.4 + 0.61) / 2, Analyse([0, 1], [0, 0], [0.6, 0.61]).CalibrationError!.Value, 4);
    }

    [Fact]
    public void A_split_without_images_has_no_calibration()
    {
        var none = Analyse([], [], []);
        Assert.Equal((null, null), (none.CalibrationError, none.Brier));
        Assert.Equal(3, none.Classes.Count);
    }

    private static SplitAnalysis Analyse(ushort[] labels, ushort[] predicted, double[] probabilities)
    {
        var split = new SplitPredictions
        {
            Manifest = TextHash.Of("images"),
            Labels = labels,
            Predicted = predicted,
            Confidence = Array.ConvertAll(probabilities, p => SplitPredictions.Kept((float)p)),
        };
        return SplitAnalysis.Of(
            new JobPredictions { ClassNames = ["a", "b", "c"], Template = "{}", Validation = split, Test = split }, split);
    }
}
