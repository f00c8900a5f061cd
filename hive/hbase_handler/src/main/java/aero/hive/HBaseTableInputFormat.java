package aero.hive;

import java.io.IOException;

import org.apache.hadoop.hbase.io.ImmutableBytesWritable;
import org.apache.hadoop.hive.hbase.HiveHBaseTableInputFormat;
import org.apache.hadoop.hive.hbase.ResultWritable;
import org.apache.hadoop.hive.serde2.ColumnProjectionUtils;
import org.apache.hadoop.mapred.InputSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.RecordReader;
import org.apache.hadoop.mapred.Reporter;

/**
 * Reads whole rows. Asked for some columns, HBase leaves out the rows that have none of them, and a question such as
 * GROUP BY delay_category would miss every flight whose category is NULL.
 */
public class HBaseTableInputFormat extends HiveHBaseTableInputFormat {

  @Override
  public RecordReader<ImmutableBytesWritable, ResultWritable> getRecordReader(
      InputSplit split, JobConf job, Reporter reporter) throws IOException {
    JobConf whole = new JobConf(job);
    ColumnProjectionUtils.setReadAllColumns(whole);
    return super.getRecordReader(split, whole, reporter);
  }
}
