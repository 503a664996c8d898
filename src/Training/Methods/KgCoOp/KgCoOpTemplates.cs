using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.KgCoOp;

/// <summary>
/// The texts of the CoOp family's data sets that the public code of KgCoOp holds as teachers (CUSTOM_TEMPLATES in trainers/kgcoop.py of
/// htyao89/KgCoOp).
/// </summary>
internal static class KgCoOpTemplates
{
    /// <summary>The teacher's text.</summary>
    /// <returns>Null for a data set that is none of the family's.</returns>
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
