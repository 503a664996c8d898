using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.KgCoOp;

/// <summary>
/// The teacher templates that KgCoOp's public code uses for the data sets of the CoOp family (CUSTOM_TEMPLATES in trainers/kgcoop.py of
/// htyao89/KgCoOp).
/// </summary>
internal static class KgCoOpTemplates
{
    /// <summary>Returns the teacher's template for a data set.</summary>
    /// <returns>The template; null for a data set outside the CoOp family.</returns>
    internal static string? Of(DatasetSource dataset) => CoOpFormat.NameOf(dataset) switch
    {
        null => null,
        "oxford-pets" => "a photo of a {}, a type of pet.",
        "oxford-flowers" => "a photo of a {}, a type of flower.",
        "fgvc-aircraft" => "a photo of a {}, a type of aircraft.",
        "dtd" => "a photo of a {}, a type of texture.",
        "eurosat" => "a centered satellite photo of {}.",
        "food101" => "a photo of {}, a type of food.",
        "ucf101" => "a photo of a person doing {}.",
        _ => "a photo of a {}.",
    };
}
